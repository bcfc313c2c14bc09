package wire

import "bytes"

// parseRequestLine parses a request line without its CRLF. Method and target refer to the line until the head is
// complete.
//
// request-line = method SP request-target SP HTTP-version (RFC 9112 §3)
func parseRequestLine(line []byte) (r requestLine, broken *Rule) {
	space := bytes.IndexByte(line, ' ')
	if space < 0 {
		return r, whyNoMethod(line)
	}
	if !isToken(line[:space]) {
		return r, whyNoMethod(line[:space])
	}
	if space > maxMethod {
		return r, ruleMethodLength
	}
	r.methodEnd = space
	r.target = space + 1
	last := bytes.LastIndexByte(line, ' ')
	if last == space {
		return r, ruleRequestLine // no version: HTTP/0.9, which is long gone
	}
	r.targetEnd = last
	if r.version, broken = parseVersion(line[last+1:]); broken != nil {
		return r, broken
	}
	if bytes.IndexByte(line[r.target:r.targetEnd], ' ') >= 0 || r.target == r.targetEnd {
		return r, ruleRequestLine
	}
	return r, nil
}

// A requestLine says where the parts of a request line are, in octets from its start.
type requestLine struct {
	methodEnd, target, targetEnd int
	version                      Version
}

func whyNoMethod(method []byte) *Rule {
	switch {
	case bytes.IndexByte(method, '\r') >= 0:
		return ruleBareCR
	case isToken(method):
		return ruleRequestLine
	}
	return ruleMethodSyntax
}

// parseVersion parses HTTP-version = "HTTP/" DIGIT "." DIGIT; its name is case-sensitive (RFC 9112 §2.3). A higher
// minor version is served like 1.1, as RFC 9110 §6.2 says.
func parseVersion(b []byte) (Version, *Rule) {
	if len(b) != len("HTTP/1.1") || string(b[:5]) != "HTTP/" || b[6] != '.' ||
		octets[b[5]]&digit == 0 || octets[b[7]]&digit == 0 {
		if bytes.IndexByte(b, '\r') >= 0 {
			return Version{}, ruleBareCR
		}
		return Version{}, ruleVersionSyntax
	}
	if b[5] != '1' {
		return Version{}, ruleVersion
	}
	return Version{1, b[7] - '0'}, nil
}

// AppendRequestLine appends "method SP target SP HTTP-version CRLF" (RFC 9112 §3).
func AppendRequestLine(dst []byte, head *RequestHead) ([]byte, error) {
	if !isToken(head.Method) || len(head.Method) > maxMethod {
		return dst, &MisuseError{"RFC 9110 §9.1", "method is not a token: " + quote(head.Method)}
	}
	if head.Target.Raw == "" || !allIn(head.Target.Raw, targetChar) {
		return dst, &MisuseError{"RFC 9112 §3.2", "malformed request target: " + quote(head.Target.Raw)}
	}
	dst = append(dst, head.Method...)
	dst = append(dst, ' ')
	dst = append(dst, head.Target.Raw...)
	dst = append(dst, ' ')
	dst = append(dst, head.Version.String()...)
	return append(dst, "\r\n"...), nil
}
