package wire

import "strings"

// A MediaType says what a representation is (RFC 9110 §8.3.1): text/html; charset=utf-8 for example.
type MediaType struct {
	Type, Subtype string // case-insensitive, so in lower case
	Parameters    Parameters
}

// Parameters are the parameters of a media type, in the order received (RFC 9110 §5.6.6).
type Parameters []Parameter

// A Parameter has a name, which is case-insensitive and so in lower case, and a value, as it was within its quotes.
type Parameter struct{ Name, Value string }

// maxParameters of a media type are read. No registered type has as many, and it bounds the search for duplicates.
const maxParameters = 32

// ParseMediaType parses the value of Content-Type. It refuses a parameter that is there twice, as recipients disagree
// about which of them counts: "it is an error" (RFC 6838 §4.3).
//
// media-type = type "/" subtype parameters (RFC 9110 §8.3.1)
func ParseMediaType(value string) (MediaType, bool) {
	kind, subtype, rest, ok := cutType(value)
	if !ok {
		return MediaType{}, false
	}
	t := MediaType{Type: strings.ToLower(kind), Subtype: strings.ToLower(subtype)}
	for {
		name, value, after, ok := cutParameter(rest)
		if !ok || name != "" && (len(t.Parameters) == maxParameters || t.Parameters.index(name) >= 0) {
			return MediaType{}, false
		}
		if name == "" {
			return t, true
		}
		t.Parameters = append(t.Parameters, Parameter{strings.ToLower(name), unquote(value)})
		rest = after
	}
}

// cutType cuts type and subtype off a media type or a media range; the rest are its parameters.
func cutType(value string) (kind, subtype, rest string, ok bool) {
	value = trimOWS(value)
	slash := lengthIn(value, tchar)
	if slash == 0 || slash == len(value) || value[slash] != '/' {
		return "", "", "", false
	}
	kind, value = value[:slash], value[slash+1:]
	end := lengthIn(value, tchar)
	return kind, value[:end], value[end:], end > 0
}

// Is reports whether the name is that of the type, without parameters (RFC 9110 §8.3.1): "application/json" for
// example, in any case.
func (t MediaType) Is(name string) bool {
	kind, subtype, found := strings.Cut(name, "/")
	return found && equalFold(kind, t.Type) && equalFold(subtype, t.Subtype)
}

// Suffix returns the structured syntax suffix (RFC 6838 §4.2.8), which tells the format below the type: "json" of
// application/problem+json, and "" of application/json.
func (t MediaType) Suffix() string {
	plus := strings.LastIndexByte(t.Subtype, '+')
	if plus < 0 {
		return ""
	}
	return t.Subtype[plus+1:]
}

// Get returns the value of the parameter with that name, or "". Names are case-insensitive (RFC 9110 §5.6.6).
func (p Parameters) Get(name string) string {
	if i := p.index(name); i >= 0 {
		return p[i].Value
	}
	return ""
}

func (p Parameters) index(name string) int {
	for i := range p {
		if equalFold(p[i].Name, name) {
			return i
		}
	}
	return -1
}
