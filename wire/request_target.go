package wire

import (
	"bytes"
	"strings"
)

// TargetForm is one of the four forms of a request target (RFC 9112 §3.2).
type TargetForm uint8

const (
	OriginForm    TargetForm = iota // "/where?q=now", the usual one (RFC 9112 §3.2.1)
	AbsoluteForm                    // "http://host/where", as to a proxy (RFC 9112 §3.2.2)
	AuthorityForm                   // "host:80", only for CONNECT (RFC 9112 §3.2.3)
	AsteriskForm                    // "*", only for OPTIONS (RFC 9112 §3.2.4)
)

// A RequestTarget says what a request is for.
type RequestTarget struct {
	Raw  string // as received
	Form TargetForm
	// Path has no dot segments (RFC 3986 §5.2.4), and is still percent-encoded, so that an encoded slash stays
	// encoded. It begins with "/", or is "" in authority- and asterisk-form.
	Path string
	// Query is what follows the first "?", as received. Its percent-encoding is not checked.
	Query string
	// Authority is host [":" port] of the target URI: that of an absolute-form target, otherwise the
	// value of Host (RFC 9112 §3.3).
	Authority string
	// HTTPS says that the target is in absolute-form with the scheme https.
	HTTPS bool
}

// parse parses a target, whose form the method restricts (RFC 9112 §3.2). It sets Authority only if the target has
// one; the Host field comes later.
func (t *RequestTarget) parse(method, raw string) *Rule {
	t.Raw = raw
	if method != "CONNECT" && raw[0] == '/' && t.parsePlain(raw) {
		return nil
	}
	if !allIn(raw, targetChar) {
		return ruleTargetSyntax
	}
	switch {
	case method == "CONNECT":
		t.Form, t.Authority = AuthorityForm, raw
		// "A server MUST reject a CONNECT request that targets an empty or invalid port number"
		// (RFC 9110 §9.3.6)
		port := raw[strings.LastIndexByte(raw, ':')+1:]
		if port == "" || port == raw || !allIn(port, digit) || !validHost(raw) {
			return ruleTargetForm
		}
		return nil
	case raw[0] == '/':
		return t.splitPath(raw)
	case raw == "*":
		t.Form = AsteriskForm
		if method != "OPTIONS" {
			return ruleTargetForm
		}
		return nil
	}
	return t.parseAbsolute(method, raw)
}

// parsePlain is splitPath for most targets: a path without encoding or dots, and perhaps a query. It returns false
// for all others.
func (t *RequestTarget) parsePlain(raw string) bool {
	end := lengthIn(raw, plainPath)
	switch {
	case end == len(raw):
		t.Path = raw
	case raw[end] == '?' && allIn(raw[end:], targetChar):
		t.Path, t.Query = raw[:end], raw[end+1:]
	default:
		return false
	}
	return true
}

// absolute-form = scheme "://" authority path-abempty [ "?" query ] (RFC 9110 §4.2). A server must
// accept it from any client, and its authority replaces Host (RFC 9112 §3.2.2).
func (t *RequestTarget) parseAbsolute(method, raw string) *Rule {
	t.Form = AbsoluteForm
	scheme, rest, found := strings.Cut(raw, "://")
	if !found || !equalFold(scheme, "http") && !equalFold(scheme, "https") {
		return ruleTargetSyntax
	}
	t.HTTPS = len(scheme) == len("https")
	end := strings.IndexAny(rest, "/?")
	if end < 0 {
		end = len(rest)
	}
	t.Authority = rest[:end]
	// An "@" would be userinfo, which must be treated as an error (RFC 9110 §4.2.4).
	if t.Authority == "" || !validHost(t.Authority) {
		return ruleTargetSyntax
	}
	if end == len(rest) && method == "OPTIONS" {
		t.Form = AsteriskForm // (RFC 9112 §3.2.4)
		return nil
	}
	if end == len(rest) || rest[end] == '?' {
		return t.splitPath("/" + rest[end:])
	}
	return t.splitPath(rest[end:])
}

// splitPath parses absolute-path [ "?" query ].
func (t *RequestTarget) splitPath(s string) *Rule {
	t.Path, t.Query, _ = strings.Cut(s, "?")
	// The handler reads the query: browsers send "?q=100%" as it is typed.
	if strings.IndexByte(t.Path, '%') >= 0 {
		if broken := checkEncoding(t.Path); broken != nil {
			return broken
		}
	}
	if strings.Contains(t.Path, "/.") || strings.Contains(t.Path, "/%2e") || strings.Contains(t.Path, "/%2E") {
		t.Path = removeDotSegments(t.Path)
	}
	return nil
}

// checkEncoding refuses a "%" without two HEXDIGs after it (RFC 3986 §2.1), and an encoded NUL,
// which ends a string in too many places (RFC 3986 §7.3).
func checkEncoding(s string) *Rule {
	for i := 0; i < len(s); i++ {
		if s[i] != '%' {
			continue
		}
		if i+2 >= len(s) || octets[s[i+1]]&hexDigit == 0 || octets[s[i+2]]&hexDigit == 0 {
			return ruleTargetEncoding
		}
		if s[i+1] == '0' && s[i+2] == '0' {
			return ruleTargetNUL
		}
		i += 2
	}
	return nil
}

// removeDotSegments removes "." and ".." from a path, encoded or not; ".." never leads above the root (RFC 3986
// §5.2.4, §6.2.2.2).
func removeDotSegments(path string) string {
	kept := make([]byte, 0, len(path))
	for rest, more := path[1:], true; more; {
		var segment string
		segment, rest, more = strings.Cut(rest, "/")
		n := dots(segment)
		if n == 2 {
			kept = kept[:max(bytes.LastIndexByte(kept, '/'), 0)]
		}
		switch {
		case n == 0:
			kept = append(append(kept, '/'), segment...)
		case !more:
			kept = append(kept, '/') // "/a/." and "/a/b/.." are "/a/"
		}
	}
	return string(kept)
}

// dots is 1 for ".", 2 for "..", encoded or not, and 0 for any other segment.
func dots(segment string) (n int) {
	for segment != "" {
		switch {
		case segment[0] == '.':
			segment = segment[1:]
		case len(segment) >= 3 && (segment[:3] == "%2e" || segment[:3] == "%2E"):
			segment = segment[3:]
		default:
			return 0
		}
		if n++; n > 2 {
			return 0
		}
	}
	return n
}

// validHost checks uri-host [ ":" port ] (RFC 9110 §7.2), which may be empty as a whole: "A sender
// MUST NOT generate an "http" URI with an empty host identifier" (RFC 9110 §4.2.1).
func validHost(s string) bool {
	if strings.HasPrefix(s, "[") { // IP-literal (RFC 3986 §3.2.2); no IPvFuture exists yet
		literal, port, closed := strings.Cut(s[1:], "]")
		return closed && isIPv6(literal) && (port == "" || port[0] == ':' && allIn(port[1:], digit))
	}
	end, encoded := 0, false
	for ; end < len(s) && octets[s[end]]&hostChar != 0; end++ {
		encoded = encoded || s[end] == '%'
	}
	if encoded && !encodesName(s[:end]) {
		return false
	}
	return end == len(s) || end > 0 && s[end] == ':' && allIn(s[end+1:], digit)
}

// encodesName checks the encoding in a reg-name. It may stand for characters that are not ASCII (RFC 3986 §3.2.2), or
// for characters that mean the same without it (RFC 9110 §4.2.3). No name has an encoded control or delimiter: that
// is meant for code that decodes the name and then reads it differently.
func encodesName(s string) bool {
	if checkEncoding(s) != nil {
		return false
	}
	for i := 0; i < len(s); i++ {
		if s[i] == '%' {
			if c := unhex(s[i+1])<<4 | unhex(s[i+2]); c < 0x80 && octets[c]&unreserved == 0 {
				return false
			}
			i += 2
		}
	}
	return true
}

// isIPv6 checks IPv6address: eight groups, where "::" stands for one or more of them (RFC 3986 §3.2.2).
func isIPv6(s string) bool {
	before, after, elided := strings.Cut(s, "::")
	if !elided {
		return countGroups(s) == 8
	}
	return !strings.Contains(before, ".") && countGroups(before)+countGroups(after) < 8
}

// countGroups is the number of 16-bit groups in a part of an IPv6address. An IPv4address at the end counts as two. A
// malformed part has too many.
func countGroups(s string) (n int) {
	const malformed = 9
	for more := s != ""; more; n++ {
		var group string
		group, s, more = strings.Cut(s, ":")
		switch {
		case !more && isIPv4(group):
			n++
		case group == "" || len(group) > 4 || !allIn(group, hexDigit):
			return malformed
		}
	}
	return n
}

// IPv4address = dec-octet "." dec-octet "." dec-octet "." dec-octet (RFC 3986 §3.2.2)
func isIPv4(s string) bool {
	n := 0
	for more := true; more; n++ {
		var part string
		part, s, more = strings.Cut(s, ".")
		if part == "" || len(part) > 3 || !allIn(part, digit) || part[0] == '0' && part != "0" ||
			len(part) == 3 && part > "255" {
			return false
		}
	}
	return n == 4
}
