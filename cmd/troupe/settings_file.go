package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/pelletier/go-toml/v2"
)

// readFile sets what a file of TOML sets.
func (all settings) readFile(file string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return wrong("%v %q: cannot read it: %v", name("config"), file, causeOf(err))
	}
	values := make(map[string]any)
	var malformed *toml.DecodeError
	if err := toml.Unmarshal(text, &values); errors.As(err, &malformed) {
		row, column := malformed.Position()
		return fmt.Errorf("%s:%d: column %d: %s", file, row, column, strings.TrimPrefix(malformed.Error(), "toml: "))
	} else if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	keys, err := keysOf(text)
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	for _, k := range keys {
		if err := all.readKey(k.path, values[k.path[0]], origin{k.path[0], file + ":" + strconv.Itoa(k.row)}); err != nil {
			return err
		}
	}
	return nil
}

// causeOf returns an error about a file without the name of the file, which is said already.
func causeOf(err error) error {
	var cause *os.PathError
	if errors.As(err, &cause) {
		return cause.Err
	}
	return err
}

// A key is one of a file, with its row.
type key struct {
	path toml.Key // more than one part if it is in a table
	row  int
}

// keysOf returns the keys of a text in order. The strict mode of the library lists all keys that a type does not have,
// each with its position; the type here has none.
func keysOf(text []byte) (keys []key, err error) {
	var all *toml.StrictMissingError
	err = toml.NewDecoder(bytes.NewReader(text)).DisallowUnknownFields().Decode(new(struct{}))
	if !errors.As(err, &all) {
		return nil, err
	}
	for i := range all.Errors {
		row, _ := all.Errors[i].Position()
		keys = append(keys, key{all.Errors[i].Key(), row})
	}
	return keys, nil
}

// readKey sets the setting of a key.
func (all settings) readKey(path toml.Key, value any, from origin) error {
	s := all.find(path[0])
	switch _, table := value.(map[string]any); {
	case len(path) > 1 || s == nil && table:
		return fmt.Errorf("%s: %s: there are no tables: write each setting on a line of its own, without [ ] and dots",
			from.place, strings.Join(path, "."))
	case s == nil && slices.Contains(namesOfAllSettings(), path[0]):
		return fmt.Errorf("%s: %s is a setting of another command", from.place, path[0])
	case s == nil:
		return fmt.Errorf("%s: there is no setting %s", from.place, quotedWithNearest(path[0], all.names()))
	case s.name == "config":
		return fmt.Errorf("%s: config: a file names no other file", from.place)
	}
	elements, isArray := value.([]any)
	if !isArray {
		elements = []any{value}
	}
	texts := make([]string, len(elements))
	for i, element := range elements {
		text, ok := s.kind.textOf(element)
		if !ok || isArray && s.kind.separator == "" {
			return fmt.Errorf("%s: %s has a value of the wrong type: write it like %s = %s", from.place, s.name, s.name, s.kind.example)
		}
		texts[i] = text
	}
	if !isArray && !s.kind.repeats {
		texts = s.kind.split(texts[0])
	}
	return s.set(from, strings.Join(texts, s.kind.separator), texts)
}

// textOf returns a value of a file as text, if it has the right type.
func (k kind) textOf(value any) (text string, ok bool) {
	switch v := value.(type) {
	case string:
		return v, k.quoted
	case int64:
		return strconv.FormatInt(v, 10), k.bare
	case bool:
		return strconv.FormatBool(v), k.isTruth()
	}
	return "", false
}

// line returns the setting as a line of a file.
func (s *setting) line() string {
	var value any = s.value.String()
	if l, is := s.value.(list); is {
		value = l.Elements()
	} else if s.kind.isTruth() {
		value = value == "true"
	} else if n, err := strconv.ParseInt(s.value.String(), 10, 64); err == nil && s.kind.bare {
		value = n
	}
	text, err := toml.Marshal(map[string]any{s.name: value})
	if err != nil {
		panic(err) // these types have a form in TOML
	}
	return strings.TrimSuffix(string(text), "\n")
}
