package wire

import "bytes"

// nextLine finds the line that begins at d.line, without its CRLF, and where the next one begins; next is 0 if the
// line is not complete. A line longer than limit breaks the rule tooLong, complete or not.
func (d *Decoder) nextLine(limit int, tooLong *Rule) (line []byte, next int, broken *Rule) {
	found := bytes.IndexByte(d.in[d.seek:], '\n')
	if found < 0 {
		d.seek = len(d.in)
		length := len(d.in) - d.line
		if length > limit+1 || length == limit+1 && d.in[len(d.in)-1] != '\r' {
			return nil, 0, tooLong
		}
		return nil, 0, nil
	}
	end := d.seek + found
	if end == d.line || d.in[end-1] != '\r' {
		if end-d.line > limit {
			return nil, 0, tooLong
		}
		return nil, 0, ruleBareLF // RFC 9112 §2.2 allows taking it for a CRLF, and smugglers use that
	}
	if end-1-d.line > limit {
		return nil, 0, tooLong
	}
	return d.in[d.line : end-1], end + 1, nil
}

func (d *Decoder) nextRequestLine() *Rule {
	if len(d.in) == 0 {
		return nil
	}
	if first := d.in[0]; octets[first]&tchar == 0 && first != '\r' && first != '\n' {
		return d.whyNoRequest(first) // at once: a TLS handshake may never send a line
	}
	line, next, broken := d.nextLine(d.limits.RequestLine, ruleTargetLength)
	switch {
	case broken == ruleTargetLength && bytes.IndexByte(d.in[:d.limits.RequestLine], ' ') < 0:
		return ruleMethodLength
	case broken != nil || next == 0:
		return broken
	case len(line) == 0:
		return d.skipEmptyLine(next)
	}
	if d.request, broken = parseRequestLine(line); broken != nil {
		if bytes.HasPrefix(line, proxyHeader) {
			return ruleProxyHeader
		}
		return broken
	}
	if d.into != nil && string(line[:d.request.methodEnd]) == "HEAD" {
		d.into.Method = "HEAD" // the answer to a broken head of HEAD has no content either (RFC 9110 §9.3.2)
	}
	d.beginSection(next)
	d.expect = expectFieldLine
	return nil
}

// Two things that are sent by mistake instead of a request: a record of a TLS handshake (RFC 8446 §5.1), and a header
// of the PROXY protocol. Version 1 of that is a line; version 2 is two empty lines and then NUL.
const handshakeRecord = 0x16

var proxyHeader = []byte("PROXY ")

// whyNoRequest names the rule that is broken by an octet that can begin no request. It uses only this octet: more may
// not have arrived.
func (d *Decoder) whyNoRequest(first byte) *Rule {
	switch {
	case first == handshakeRecord:
		return ruleTLS
	case first == 0 && d.emptyLines == 2:
		return ruleProxyHeader
	}
	return ruleMethodSyntax
}

// skipEmptyLine: "a server that is expecting to receive and parse a request-line SHOULD ignore at
// least one empty line" (RFC 9112 §2.2)
func (d *Decoder) skipEmptyLine(next int) *Rule {
	if d.emptyLines++; d.emptyLines > maxEmptyLines {
		return ruleEmptyLines
	}
	d.take(next)
	return d.nextRequestLine()
}

// beginSection begins a field section or trailer section at the octet.
func (d *Decoder) beginSection(at int) {
	d.section, d.line, d.seek = at, at, at
	d.spans = d.spans[:0]
}

// nextFieldLine reads the lines of a section up to the empty one that ends it.
func (d *Decoder) nextFieldLine() (Event, *Rule) {
	for {
		room := d.limits.FieldSection - (d.line - d.section)
		line, next, broken := d.nextLine(max(room, 0), ruleSectionLength)
		switch {
		case broken != nil || next == 0:
			return nil, broken
		case len(line) == 0 && d.expect == expectTrailerLine:
			return d.trailers(next)
		case len(line) == 0:
			return d.head(next)
		case len(d.spans) == d.limits.FieldLines:
			return nil, ruleFieldCount
		}
		span, broken := parseFieldLine(line)
		if broken == ruleObsFold && len(d.spans) == 0 {
			broken = ruleLeadingSpace
		}
		if broken != nil {
			return nil, broken
		}
		at := int32(d.line)
		d.spans = append(d.spans, fieldSpan{at + span.name, at + span.nameEnd, at + span.value, at + span.valueEnd})
		d.line, d.seek = next, next
	}
}

// cutSection consumes a head or trailer section up to the octet next, and copies it, once, into a string that its
// fields share. The fields go into room if they fit, or into new memory.
func (d *Decoder) cutSection(next int, room Fields) (whole string, fields Fields) {
	whole = string(d.in[:next])
	if len(d.spans) > 0 {
		if fields = room; len(d.spans) > cap(room) {
			fields = make(Fields, len(d.spans))
		}
		fields = fields[:len(d.spans):len(d.spans)]
		for i, s := range d.spans {
			fields[i] = Field{whole[s.name:s.nameEnd], whole[s.value:s.valueEnd]}
		}
	}
	return whole, fields
}

// head ends the field section, and decides what its fields mean together.
func (d *Decoder) head(next int) (Event, *Rule) {
	whole, fields := d.cutSection(next, d.room)
	r, head := d.request, d.into
	if head == nil {
		head = new(RequestHead)
	}
	d.into, d.room = nil, nil
	*head = RequestHead{Method: whole[:r.methodEnd], Version: r.version, Fields: fields}
	if broken := head.Target.parse(head.Method, whole[r.target:r.targetEnd]); broken != nil {
		d.line = 0
		return nil, broken
	}
	if broken, at := interpret(head); broken != nil {
		d.line = 0
		if at >= 0 {
			d.line = int(d.spans[at].name)
		}
		return nil, broken
	}
	d.take(next)
	d.expectBody(head.Length)
	return head, nil
}

// trailers ends the trailer section, and with it the message.
func (d *Decoder) trailers(next int) (Event, *Rule) {
	_, fields := d.cutSection(next, nil)
	for i, field := range fields {
		if !allowedInTrailer(field.Name) {
			d.line = int(d.spans[i].name)
			return nil, ruleTrailer
		}
	}
	d.take(next)
	return d.endMessage(fields), nil
}
