package main

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
)

// A mistake is an error in settings. It calls each setting as the user does: by flag, by variable, or by key and
// place in the file.
type mistake struct {
	format string
	args   []any // each setting as a name
}

// A name is that of a setting, in a mistake.
type name string

func wrong(format string, args ...any) error { return &mistake{format, args} }

// Error calls settings by their flags.
func (m *mistake) Error() string { return m.of(nil) }

// of returns the text for settings that have their origins.
func (m *mistake) of(all settings) string {
	place, dashes := "", "--"
	for _, arg := range m.args {
		if from := all.originOf(arg); place == "" && from.place != "" {
			place, dashes = from.place+": ", ""
		}
	}
	args := slices.Clone(m.args)
	for i, arg := range args {
		if called, is := arg.(name); is {
			args[i] = cmp.Or(all.originOf(arg).name, dashes+string(called))
		}
	}
	return place + fmt.Sprintf(m.format, args...)
}

// originOf returns the origin of what an argument of a mistake names, if it names something.
func (all settings) originOf(arg any) origin {
	called, _ := arg.(name)
	if s := all.find(string(called)); s != nil {
		return s.origin
	}
	return origin{}
}

// told returns an error in which a mistake calls the settings as the user does.
func (all settings) told(err error) error {
	var m *mistake
	if errors.As(err, &m) {
		return errors.New(m.of(all))
	}
	return err
}
