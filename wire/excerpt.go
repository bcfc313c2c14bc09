package wire

import "bytes"

// Errors are logged, so what they show of a broken message must not have secrets in it. A field line may carry
// credentials, and content is private. A client that miscounts its content may send either of these as a request line
// or a field line.

// excerpt is what an error shows of the offending line.
func (d *Decoder) excerpt(broken *Rule) []byte {
	if d.expect != expectRequestLine && d.expect != expectFieldLine && d.expect != expectTrailerLine {
		return nil // content, or its framing
	}
	line := d.in[min(d.line, len(d.in)):]
	line = line[:min(len(line), maxExcerpt)]
	if end := bytes.IndexAny(line, "\r\n"); end >= 0 {
		line = line[:end] // anything may come after a lone CR or LF
	}
	switch {
	case d.line == 0 && d.expect != expectTrailerLine:
		return requestLineExcerpt(line)
	case broken == ruleObsFold: // the line continues the value of the last field
		last := d.spans[len(d.spans)-1]
		return d.in[last.name:min(last.nameEnd, last.name+maxExcerpt)]
	}
	return fieldLineExcerpt(line)
}

// requestLineExcerpt shows method and target, and what then looks like a version. If the line does not begin like a
// request line, it shows at most the first octet, and only if no method can begin with it: that is enough to tell a
// TLS handshake.
func requestLineExcerpt(line []byte) []byte {
	method := lengthIn(line, tchar)
	if method == 0 {
		return line[:min(len(line), 1)]
	}
	if method > maxMethod || method == len(line) || line[method] != ' ' || !beginsTarget(line[:method], line[method+1:]) {
		return nil
	}
	end := method + 1
	for end < len(line) && line[end] != ' ' {
		end++
	}
	if version := line[min(end+1, len(line)):]; len(version) <= len("HTTP/1.1") && bytes.HasPrefix(version, []byte("HTTP/")) {
		end = len(line)
	}
	if at := bytes.IndexByte(line[:end], '@'); at >= 0 && line[method+1] != '/' {
		return line[:method] // userinfo, which may be a password (RFC 9110 §4.2.4)
	}
	return line[:end]
}

// beginsTarget reports whether text begins like one of the forms of a request target (RFC 9112 §3.2).
func beginsTarget(method, rest []byte) bool {
	scheme, _, absolute := bytes.Cut(rest, []byte("://"))
	return len(rest) > 0 && (rest[0] == '/' || rest[0] == '*') || string(method) == "CONNECT" ||
		absolute && (equalFold(scheme, "http") || equalFold(scheme, "https"))
}

// fieldLineExcerpt shows the name, as far as it is a token, and the value only of Host. A line without a colon has no
// name.
func fieldLineExcerpt(line []byte) []byte {
	name, value, found := bytes.Cut(line, []byte(":"))
	if !found {
		return nil
	}
	if equalFold(name, "host") && bytes.IndexByte(value, '@') < 0 {
		return line
	}
	return name[:lengthIn(name, tchar)]
}
