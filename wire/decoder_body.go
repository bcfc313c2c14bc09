package wire

// expectBody goes on to the body, with the length from the head.
func (d *Decoder) expectBody(length BodyLength) {
	switch length {
	case 0:
		d.expect = expectEnd
	case Chunked:
		d.expect = expectChunkSize
	default:
		d.expect = expectSizedBody
		d.remaining = int64(length)
	}
}

// beginSizedBody refuses a body that is too large, before any of it is read.
func (d *Decoder) beginSizedBody() *Rule {
	if d.remaining > d.bodyLimit {
		return ruleContentLength
	}
	d.expect = expectSizedData
	return nil
}

// nextData yields the octets that have arrived of the sized body or of the current chunk.
func (d *Decoder) nextData() Event {
	n := int(min(int64(len(d.in)), d.remaining))
	if n == 0 {
		return nil
	}
	d.remaining -= int64(n)
	d.data.Bytes = d.take(n)
	switch {
	case d.remaining > 0:
	case d.expect == expectSizedData:
		d.expect = expectEnd
	default:
		d.expect = expectChunkEnd
	}
	return &d.data
}

// nextChunkSize reads the line before a chunk; a size of 0 leads to the trailer section.
func (d *Decoder) nextChunkSize() *Rule {
	line, next, broken := d.nextLine(maxChunkLine, ruleChunkExtLength)
	if broken != nil || next == 0 {
		return broken
	}
	size, extension, broken := parseChunkSize(line)
	if broken != nil {
		return broken
	}
	if d.extensions += extension; d.extensions > maxChunkExtensions {
		return ruleChunkExtLength
	}
	if size > max(d.bodyLimit, 0)-d.content { // the last chunk is of size 0
		return ruleContentLength
	}
	d.take(next)
	d.content += size
	d.remaining = size
	d.expect = expectChunkData
	if size == 0 {
		d.beginSection(0)
		d.expect = expectTrailerLine
	}
	return nil
}

// nextChunkEnd takes the CRLF after chunk-data; anything else is an error (RFC 9112 §7.1).
func (d *Decoder) nextChunkEnd() *Rule {
	if len(d.in) > 0 && d.in[0] != '\r' || len(d.in) > 1 && d.in[1] != '\n' {
		return ruleChunkEnd
	}
	if len(d.in) < 2 {
		return nil
	}
	d.take(2)
	d.expect = expectChunkSize
	return nil
}
