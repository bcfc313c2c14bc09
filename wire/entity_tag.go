package wire

import "strings"

// An EntityTag tells the representations of a resource apart (RFC 9110 §8.8.3). It is as on the wire, for example
// "xyzzy" or W/"xyzzy", the quotes included. The empty EntityTag is none, and equal to none.
//
// A strong tag changes with every octet of the representation; a weak one, with W/, may stay the same.
type EntityTag string

// ParseEntityTag parses the value of ETag, or the entity tag of If-Range.
//
// entity-tag = [ "W/" ] DQUOTE *etagc DQUOTE; etagc = %x21 / %x23-7E / obs-text (RFC 9110 §8.8.3). The W is
// case-sensitive, and a backslash escapes nothing.
func ParseEntityTag(value string) (EntityTag, bool) {
	tag, rest, ok := cutEntityTag(value)
	return tag, ok && rest == ""
}

// cutEntityTag cuts an entity tag off a text that begins with it.
func cutEntityTag(s string) (tag EntityTag, rest string, ok bool) {
	opaque, _ := strings.CutPrefix(s, "W/")
	if opaque == "" || opaque[0] != '"' {
		return "", s, false
	}
	end := len(s) - len(opaque) + 1
	for end < len(s) && s[end] > ' ' && s[end] != '"' && s[end] != 0x7f {
		end++
	}
	if end == len(s) || s[end] != '"' {
		return "", s, false
	}
	return EntityTag(s[:end+1]), s[end+1:], true
}

// Weak reports whether the tag is a weak validator (RFC 9110 §8.8.1).
func (t EntityTag) Weak() bool { return strings.HasPrefix(string(t), "W/") }

// EqualStrong is the strong comparison of RFC 9110 §8.8.3.2: both tags are strong, and the same.
func (t EntityTag) EqualStrong(other EntityTag) bool { return t != "" && t == other && !t.Weak() }

// EqualWeak is the weak comparison of RFC 9110 §8.8.3.2: both tags are the same, be they weak or strong.
func (t EntityTag) EqualWeak(other EntityTag) bool {
	return t != "" && strings.TrimPrefix(string(t), "W/") == strings.TrimPrefix(string(other), "W/")
}

// anyTag stands for every entity tag, in If-Match and If-None-Match.
const anyTag EntityTag = "*"

// cutListedTag cuts the first member off a list of entity tags, and skips empty ones. The member is "" at the end of
// the list, and where the list is malformed.
//
// If-Match = "*" / #entity-tag (RFC 9110 §13.1.1)
func cutListedTag(list string) (tag EntityTag, rest string, ok bool) {
	list = strings.TrimLeft(list, ", \t")
	switch {
	case list == "":
		return "", "", true
	case list[0] == '*':
		tag, rest = anyTag, list[1:]
	default:
		if tag, rest, ok = cutEntityTag(list); !ok {
			return "", "", false
		}
	}
	if rest = strings.TrimLeft(rest, " \t"); rest != "" && rest[0] != ',' {
		return "", "", false
	}
	return tag, rest, true
}
