package wire

import "bytes"

// What an error shows of the message that broke a rule is to be logged, so it has no secret in it: a
// field line may carry credentials, content is nobody's business, and what a client that miscounts its
// content sends for a request line or a field line may be either.

// excerpt is what an error shows of the line that broke the rule.
func (d *Decoder) excerpt(broken *Rule) []byte {
	if d.expect != expectRequestLine && d.expect != expectFieldLine && d.expect != expectTrailerLine {
		return nil // content, or what frames it
	}
	line := d.in[min(d.line, len(d.in)):]
	line = line[:min(len(line), maxExcerpt)]
	if end := bytes.IndexAny(line, "\r\n"); end >= 0 {
		line = line[:end] // after a lone one of them may come anything
	}
	switch {
	case d.line == 0 && d.expect != expectTrailerLine:
		return requestLineExcerpt(line)
	case broken == ruleObsFold: // the line goes on with the value of another
		last := d.spans[len(d.spans)-1]
		return d.in[last.name:min(last.nameEnd, last.name+maxExcerpt)]
	}
	return fieldLineExcerpt(line)
}

// requestLineExcerpt shows method and target, and what then looks like a version. Of what does not
// begin as a request line it shows the first octet alone, and that only where no method begins so: it
// tells the handshake of TLS.
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

// beginsTarget tells a request target from other text, by how each of its forms begins (RFC 9112 §3.2).
func beginsTarget(method, rest []byte) bool {
	scheme, _, absolute := bytes.Cut(rest, []byte("://"))
	return len(rest) > 0 && (rest[0] == '/' || rest[0] == '*') || string(method) == "CONNECT" ||
		absolute && (equalFold(scheme, "http") || equalFold(scheme, "https"))
}

// fieldLineExcerpt shows the name, or as much of it as is a token, and the value of Host alone. A line
// without a colon has no name.
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
