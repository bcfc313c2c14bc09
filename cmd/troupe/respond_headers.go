package main

import (
	"errors"
	"regexp"
	"slices"
	"strings"

	"github.com/troupe-go/troupe/actors"
)

// headers are field lines of a response.
type headers []actors.Field

var (
	token = regexp.MustCompile("^[!#$%&'*+.^_`|~0-9A-Za-z-]+$") // RFC 9110 §5.6.2
)

// Set adds a field line.
func (h *headers) Set(text string) error {
	name, value, found := strings.Cut(text, ":")
	value = strings.Trim(value, " \t")
	switch {
	case !found || !token.MatchString(name) || strings.ContainsFunc(value, func(c rune) bool { return c != '\t' && c < ' ' || c == 0x7f }):
		return errors.New("must be a name and a value on one line, for example Cache-Control: no-store")
	case slices.Contains([]string{"connection", "keep-alive", "content-length", "transfer-encoding"}, strings.ToLower(name)):
		return errors.New("the server writes " + name + " itself")
	}
	*h = append(*h, actors.Field{Name: name, Value: value})
	return nil
}

func (h *headers) Clear() { *h = nil }

func (h *headers) Elements() (all []string) {
	for _, line := range *h {
		all = append(all, line.Name+": "+line.Value)
	}
	return all
}

func (h *headers) String() string { return strings.Join(h.Elements(), "\n") }
