package main

import (
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A kind says how the values of settings are written.
type kind struct {
	word      string // stands for the value in the help
	example   string // as in the file
	separator string // of a list in one text; "" if the value is no list
	repeats   bool   // the flag has one element, and may be given several times
	bare      bool   // it may be a number in the file
	quoted    bool   // it may be text in the file
	file      string // "" if the value is no file; "*", the extension, or "/" for a directory
	choices   []string
}

var (
	truths    = kind{example: "true"}
	numbers   = kind{word: "number", example: "100", bare: true}
	sizes     = kind{word: "octets", example: `"64KiB"`, bare: true, quoted: true}
	durations = kind{word: "duration", example: `"10s"`, quoted: true}
	texts     = kind{word: "text", example: `"text"`, quoted: true}
	files     = kind{word: "file", example: `"cert.pem"`, quoted: true, file: "*"}
	folders   = kind{word: "directory", example: `"site"`, quoted: true, file: "/"}
)

func (k kind) isTruth() bool { return !k.bare && !k.quoted }

// split returns the elements of a text.
func (k kind) split(text string) []string {
	if k.separator == "" {
		return []string{text}
	}
	elements := strings.Split(text, k.separator)
	for i := range elements {
		elements[i] = strings.TrimSpace(elements[i])
	}
	return elements
}

// A scalar is a value that is no list.
type scalar[T any] struct {
	to    *T
	parse func(string) (T, error)
	must  string // says which values are possible
}

func (s scalar[T]) Set(text string) error {
	parsed, err := s.parse(text)
	if err != nil {
		return errors.New(s.must)
	}
	*s.to = parsed
	return nil
}

func (s scalar[T]) String() string { return fmt.Sprint(*s.to) }

func newSwitch(name string, to *bool, about string) *setting {
	return &setting{name: name, kind: truths, about: about, value: scalar[bool]{to, strconv.ParseBool, "must be true or false"}}
}

func newDuration(name string, to *time.Duration, initial time.Duration, about string) *setting {
	*to = initial
	return &setting{name: name, kind: durations, about: about,
		value: scalar[time.Duration]{to, time.ParseDuration, "must be a duration, for example 5s or 1m30s"}}
}

// newTimeout makes a duration above 0: 0 would mean the default of the server.
func newTimeout(name string, to *time.Duration, initial time.Duration, about string) *setting {
	return aboveZero(newDuration(name, to, initial, about), to)
}

func newNumber(name string, to *int, initial int, about string) *setting {
	*to = initial
	return &setting{name: name, kind: numbers, about: about, value: scalar[int]{to, strconv.Atoi, "must be a whole number, for example 100"}}
}

func newText(name string, to *string, about string) *setting {
	return &setting{name: name, kind: texts, about: about, value: scalar[string]{to, func(text string) (string, error) { return text, nil }, ""}}
}

// newFile makes the name of a file. Nobody means "" as a name.
func newFile(name string, to *string, about string) *setting {
	return &setting{name: name, kind: files, about: about, value: scalar[string]{to, notEmpty, "no file: a variable that is not set, perhaps"}}
}

func newDirectory(name string, to *string, about string) *setting {
	return &setting{name: name, kind: folders, about: about, value: scalar[string]{to, notEmpty, "no directory: a variable that is not set, perhaps"}}
}

func notEmpty(text string) (string, error) {
	if text == "" {
		return "", strconv.ErrSyntax
	}
	return text, nil
}

// newChoice makes one of a few words. The default need not be one of them.
func newChoice(of, word string, to *string, initial, about string, choices ...string) *setting {
	*to = initial
	s := newText(of, to, about)
	s.kind = kind{word: word, example: strconv.Quote(choices[0]), quoted: true, choices: choices}
	s.check = func() error {
		if *to == initial || slices.Contains(choices, *to) {
			return nil
		}
		last := len(choices) - 1
		return wrong("%v %q: must be %s or %s", name(of), *to, strings.Join(choices[:last], ", "), choices[last])
	}
	return s
}

func newLevel(of string, to *slog.Level, about string) *setting {
	parse := func(text string) (level slog.Level, err error) { return level, level.UnmarshalText([]byte(text)) }
	return &setting{name: of, about: about,
		kind:  kind{word: "level", example: `"debug"`, quoted: true, choices: []string{"debug", "info", "warn", "error"}},
		value: scalar[slog.Level]{to, parse, "must be debug, info, warn or error"}}
}

func newOctets[T int | int64](name string, to *T, initial T, about string) *setting {
	*to = initial
	return &setting{name: name, kind: sizes, about: about, value: sizeAt[T]{to}}
}

// aboveZero refuses values of 0 and less.
func aboveZero[T int | int64 | time.Duration](s *setting, to *T) *setting {
	return checked(s, "must be above 0", func() bool { return *to > 0 })
}

// checked refuses values for which ok is false.
func checked(s *setting, must string, ok func() bool) *setting {
	s.check = func() error {
		if ok() {
			return nil
		}
		return wrong("%v %v: %s", name(s.name), s.value, must)
	}
	return s
}
