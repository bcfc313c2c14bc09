package routing

import (
	"fmt"
	"net/url"
	"strings"
	"unicode"
)

// A Pattern is a parsed pattern in the syntax of net/http.ServeMux, without hosts:
//
//	[METHOD ]/path/{name}/{rest...}   or   …/{$}   or   …/
type Pattern struct {
	text      string
	method    string    // "" for any
	segments  []segment // "/a/{$}" has the segments "a" and ""
	multi     bool      // one or more further segments follow: "/a/" or "/a/{rest...}"
	rest      string    // the name of the wildcard for those; "" for none
	wildcards int       // number of names, with that of the rest
}

// A segment is a literal, or a wildcard for one segment that is not empty.
type segment struct{ literal, wildcard string }

// Parse parses a pattern; the error says what is wrong with it.
func Parse(text string) (p Pattern, err error) {
	p.text = text
	defer func() {
		if err != nil {
			err = fmt.Errorf("pattern %q: %w", text, err)
		}
	}()
	path := text
	if end := strings.IndexAny(text, " \t"); end >= 0 {
		p.method, path = text[:end], strings.TrimLeft(text[end:], " \t")
		switch {
		case strings.ContainsAny(p.method, "|,"):
			return p, fmt.Errorf("method %q is several: call Handle for each, or leave the method out for all of them", p.method)
		case p.method == "*" || strings.EqualFold(p.method, "ANY") || strings.EqualFold(p.method, "ALL"):
			return p, fmt.Errorf("method %q is one of that name: leave it out for all methods", p.method)
		case p.method == "" || strings.Trim(p.method, methodLetters) != "":
			return p, fmt.Errorf("method %q is not a token: a pattern is a method, a space and a path", p.method)
		}
		if upper := strings.ToUpper(p.method); upper != p.method && IsStandardMethod(upper) {
			return p, fmt.Errorf("methods are case-sensitive, so no client sends %q: write %q", p.method, upper+" "+path)
		}
	}
	if path == "" || path[0] != '/' {
		return p, fmt.Errorf("the path must begin with /; hosts are not supported")
	}
	return p, p.parsePath(path[1:])
}

// String returns the pattern as it was written.
func (p Pattern) String() string { return p.text }

// Method is the method of the pattern; "" for any.
func (p Pattern) Method() string { return p.method }

// Has reports whether a wildcard of the pattern has the name.
func (p Pattern) Has(name string) bool { return name != "" && (p.rest == name || p.names(name)) }

const methodLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!#$%&'*+-.^_`|~"

func (p *Pattern) parsePath(path string) error {
	parts := strings.Split(path, "/")
	for i, part := range parts {
		last := i == len(parts)-1
		switch {
		case part == "" && last:
			p.multi = true
		case part == "" || part == "." || part == "..":
			return fmt.Errorf("segment %q can never match: paths are cleaned before", part)
		case part == "{$}" && last:
			p.segments = append(p.segments, segment{})
		case strings.HasPrefix(part, "{"):
			if err := p.parseWildcard(part, last); err != nil {
				return err
			}
		case strings.ContainsAny(part, "{}"):
			return fmt.Errorf("segment %q: a wildcard must be a whole segment", part)
		default:
			if err := foreignSyntax(part); err != nil {
				return err
			}
			literal, err := url.PathUnescape(part)
			if err != nil {
				return fmt.Errorf("segment %q: malformed percent-encoding", part)
			}
			p.segments = append(p.segments, segment{literal: literal})
		}
	}
	return nil
}

// foreignSyntax refuses a segment that is a wildcard in other routers, or is not part of a path: nobody means it
// literally.
func foreignSyntax(part string) error {
	name := strings.Trim(part[1:], ">]*")
	if !IsName(name) {
		name = "name"
	}
	switch {
	case part[0] == ':':
		return fmt.Errorf("segment %q is literal here: write {%s} for a wildcard, or %%3A for a colon", part, name)
	case part[0] == '*':
		return fmt.Errorf("segment %q is literal here: write {%s...} for the rest of the path, or %%2A for an asterisk", part, name)
	case part[0] == '<' && strings.HasSuffix(part, ">"), part[0] == '[' && strings.HasSuffix(part, "]"):
		return fmt.Errorf("segment %q is literal here: write {%s} for a wildcard", part, name)
	case strings.ContainsRune(part, '?'):
		return fmt.Errorf("segment %q: a query is no part of the path: leave it out, and read it with Request.Query; or write %%3F", part)
	case strings.ContainsRune(part, '#'):
		return fmt.Errorf("segment %q: no client sends a fragment; write %%23 for a number sign", part)
	}
	return nil
}

// IsStandardMethod reports whether a method is one of RFC 9110 §9 or RFC 5789.
func IsStandardMethod(method string) bool {
	switch method {
	case "GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH":
		return true
	}
	return false
}

// parseWildcard parses "{name}", or "{name...}" at the end.
func (p *Pattern) parseWildcard(part string, last bool) error {
	name, closed := strings.CutSuffix(part[1:], "}")
	name, multi := strings.CutSuffix(name, "...")
	switch {
	case !closed || name == "$" || multi && !last:
		return fmt.Errorf("wildcard %q must be a whole segment; {name...} and {$} only the last", part)
	case !IsName(name):
		return fmt.Errorf("wildcard %q: the name must be made of letters, digits and _, and there are no regular expressions", part)
	case p.names(name):
		return fmt.Errorf("wildcard %q: the name is taken", part)
	case multi:
		p.multi, p.rest = true, name
	default:
		p.segments = append(p.segments, segment{wildcard: name})
	}
	p.wildcards++
	return nil
}

// IsName reports whether a wildcard may have that name.
func IsName(s string) bool {
	for i, c := range s {
		if !unicode.IsLetter(c) && c != '_' && (i == 0 || !unicode.IsDigit(c)) {
			return false
		}
	}
	return s != ""
}

// names reports whether a wildcard for one segment has the name.
func (p *Pattern) names(name string) bool {
	for _, s := range p.segments {
		if s.wildcard == name {
			return true
		}
	}
	return false
}
