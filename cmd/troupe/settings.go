package main

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// A setting is one thing that a user can set. Its name is the name of the flag and of the key in the file, and makes
// the name of the environment variable. Flags, variables, keys, the help and troupe validate all come from settings,
// so that each is declared once.
type setting struct {
	name  string
	group string // its heading in the help
	about string
	kind  kind
	value value        // where it goes
	check func() error // finds a value that can be read but makes no sense; nil if there is none

	initial string   // the default, as text
	flagged []string // the values of its flag, in order
	given   *given   // its argument; nil if there is none
	origin  origin
}

// A value is where a setting goes. Its default is there from the beginning.
type value interface {
	Set(text string) error // the error says which values are possible
	String() string
}

// A list is a value of which Set adds an element.
type list interface {
	value
	Clear()
	Elements() []string
}

// An origin is where the value of a setting comes from. The zero origin is the default.
type origin struct {
	name  string // the flag with its dashes, the variable, or the key
	place string // of the key: file and line
}

// String returns the flag, the variable, or the place in the file.
func (o origin) String() string {
	if o.place != "" {
		return o.place
	}
	return o.name
}

// settings are those of a command, in the order of the help.
type settings []*setting

// group gives settings their heading.
func group(heading string, all ...*setting) settings {
	for _, s := range all {
		s.group, s.initial = heading, s.value.String()
	}
	return all
}

// find returns the setting of that name; nil if there is none.
func (all settings) find(name string) *setting {
	if i := slices.IndexFunc(all, func(s *setting) bool { return s.name == name }); i >= 0 {
		return all[i]
	}
	return nil
}

// names returns the names of all settings.
func (all settings) names() (names []string) {
	for _, s := range all {
		names = append(names, s.name)
	}
	return names
}

// namesOfAllSettings returns the names of the settings of all commands.
func namesOfAllSettings() (names []string) {
	for _, c := range newRoot(&process{}).Commands() {
		names = append(names, settingsOf(c).names()...)
	}
	return names
}

// define gives a command the flags of the settings.
func (all settings) define(c *cobra.Command) {
	c.Flags().SortFlags = false
	for _, s := range all {
		flag := c.Flags().VarPF(flagOf{s}, s.name, "", s.about)
		if s.kind.isTruth() {
			flag.NoOptDefVal = "true"
		}
	}
}

// A flagOf collects the values of the flag of a setting, for read.
type flagOf struct{ *setting }

func (f flagOf) Set(text string) error {
	f.flagged = append(f.flagged, text)
	return nil
}

func (f flagOf) String() string { return f.initial }
func (f flagOf) Type() string   { return f.kind.word }

// settingsOf returns the settings whose flags a command has.
func settingsOf(c *cobra.Command) (all settings) {
	c.Flags().VisitAll(func(f *pflag.Flag) {
		if of, is := f.Value.(flagOf); is {
			all = append(all, of.setting)
		}
	})
	return all
}

// read sets everything: from the file, then from the environment, then from the flags, so that the last one counts.
func (all settings) read(environ variables) error {
	file := all.find("config")
	if err := file.readVariable(environ); err != nil {
		return err
	}
	if err := file.readFlags(); err != nil {
		return err
	}
	if path := file.value.String(); path != "" {
		if err := all.readFile(path); err != nil {
			return err
		}
	}
	for _, s := range all {
		if err := s.readVariable(environ); err != nil {
			return err
		}
	}
	for _, s := range all {
		if err := s.readFlags(); err != nil {
			return err
		}
		if err := s.readArgument(); err != nil {
			return err
		}
	}
	return nil
}

// verify returns the first mistake in the values.
func (all settings) verify() error {
	for _, s := range all {
		if s.check == nil {
			continue
		}
		if err := s.check(); err != nil {
			return err
		}
	}
	return nil
}

// readVariable sets a setting from its variable. An empty variable counts as not set.
func (s *setting) readVariable(environ variables) error {
	text := environ.get(variable(s.name))
	if text == "" {
		return nil
	}
	return s.set(origin{name: variable(s.name)}, text, s.kind.split(text))
}

// readFlags sets a setting from its flags: the last one counts, unless each is an element of a list.
func (s *setting) readFlags() error {
	from := origin{name: "--" + s.name}
	if s.kind.repeats && len(s.flagged) > 0 {
		return s.set(from, strings.Join(s.flagged, s.kind.separator), s.flagged)
	}
	for _, text := range s.flagged {
		if err := s.set(from, text, s.kind.split(text)); err != nil {
			return err
		}
	}
	return nil
}

// set sets the value to the elements of a text: one, unless it is a list.
func (s *setting) set(from origin, text string, elements []string) error {
	if l, is := s.value.(list); is {
		l.Clear()
	}
	s.origin = from
	for _, element := range elements {
		if err := s.value.Set(element); err != nil {
			separator := ""
			if from.name == variable(s.name) {
				separator = ":"
			}
			return wrong("%v%s %q: %v", name(s.name), separator, text, err)
		}
	}
	return nil
}
