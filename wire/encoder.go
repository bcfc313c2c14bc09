package wire

import "strconv"

// An Encoder turns events into the octets of messages, one after another, and refuses what HTTP forbids. The zero
// value is ready for the head of a message. It is not safe for concurrent use.
type Encoder struct {
	length    BodyLength
	remaining int64 // octets of content that the Content-Length still promises
	bodiless  bool
	inBody    bool
}

// Length says how the content of the current message is delimited.
func (e *Encoder) Length() BodyLength { return e.length }

// Append appends the octets of the event to dst. A *MisuseError says that the event is not allowed here; then dst is
// returned unchanged, and the Encoder expects the same as before.
func (e *Encoder) Append(dst []byte, event Event) ([]byte, error) {
	switch event := event.(type) {
	case *ResponseHead:
		return e.AppendResponse(dst, event)
	case *RequestHead:
		return e.appendRequest(dst, event)
	case *Data:
		return e.AppendData(dst, event.Bytes)
	case *End:
		return e.AppendEnd(dst, event.Trailers)
	}
	panic("wire: an event of no known kind")
}

// AppendResponse is Append for the head of a response. The head need not escape to the heap.
func (e *Encoder) AppendResponse(dst []byte, head *ResponseHead) ([]byte, error) {
	if e.inBody {
		return dst, &MisuseError{"RFC 9112 §2.1", "a head before the end of the last message"}
	}
	if err := checkResponse(head); err != nil {
		return dst, err
	}
	whole := dst
	dst, err := appendStatusLine(dst, head.Status)
	if err != nil {
		return whole, err
	}
	if dst, err = appendOwnFields(dst, head); err != nil {
		return whole, err
	}
	for i := range head.Fields {
		if dst, err = appendField(dst, head.Fields[i].Name, head.Fields[i].Value); err != nil {
			return whole, err
		}
	}
	e.begin(head.Length, head.Bodiless || !MayHaveContent(head.Status))
	e.inBody = head.Status >= 200 || head.Status == 101 // an interim response has only a head
	return append(dst, "\r\n"...), nil
}

// appendOwnFields appends the fields for which the head has members.
func appendOwnFields(dst []byte, head *ResponseHead) (_ []byte, err error) {
	if head.Date != "" {
		if dst, err = appendValue(append(dst, "Date: "...), "Date", head.Date); err != nil {
			return dst, err
		}
	}
	if head.KeepAlive != "" {
		if dst, err = appendValue(append(dst, "Keep-Alive: "...), "Keep-Alive", head.KeepAlive); err != nil {
			return dst, err
		}
	}
	if head.ContentType != "" {
		if dst, err = appendValue(append(dst, "Content-Type: "...), "Content-Type", head.ContentType); err != nil {
			return dst, err
		}
	}
	if MayHaveContent(head.Status) {
		switch {
		case head.Length >= 0:
			dst = append(dst, "Content-Length: "...)
			dst = strconv.AppendInt(dst, int64(head.Length), 10)
			dst = append(dst, "\r\n"...)
		case head.Length == Chunked:
			dst = append(dst, "Transfer-Encoding: chunked\r\n"...)
		}
	}
	if head.Connection != "" {
		return appendValue(append(dst, "Connection: "...), "Connection", head.Connection)
	}
	return dst, nil
}

// checkResponse refuses a response that recipients could read in two ways.
func checkResponse(head *ResponseHead) error {
	var options connectionOptions
	if options.parseConnection(head.Connection) != nil {
		return &MisuseError{"RFC 9110 §7.6.1", "malformed Connection: " + quote(head.Connection)}
	}
	switch {
	case head.KeepAlive != "" && !options.keepAlive:
		return &MisuseError{"RFC 9110 §7.6.1", "Keep-Alive without the connection option"}
	case head.Length < UntilClose:
		return &MisuseError{"RFC 9112 §6.3", "content of no known length"}
	case !MayHaveContent(head.Status) && head.Length != 0:
		return &MisuseError{"RFC 9110 §6.4.1", "a response of status " + strconv.Itoa(head.Status) + " has no content"}
	case head.Status == 205 && head.Length != 0:
		return &MisuseError{"RFC 9110 §15.3.6", "a response of status 205 has no content"}
	case head.Length == UntilClose && !options.close:
		return &MisuseError{"RFC 9112 §6.3", "content until close on a connection that persists"}
	}
	for i := range head.Fields {
		if head.owns(head.Fields[i].Name) {
			return &MisuseError{"RFC 9112 §6", "the connection writes " + head.Fields[i].Name + " itself"}
		}
	}
	return nil
}

// owns reports whether a field must not be in Fields: it belongs to the framing of the message, which only the server
// writes, or to a member of the head.
func (head *ResponseHead) owns(name string) bool {
	switch len(name) {
	case len("Date"):
		return head.Date != "" && equalFold(name, "date")
	case len("Connection"):
		return equalFold(name, "connection") || equalFold(name, "keep-alive")
	case len("Content-Type"):
		return head.ContentType != "" && equalFold(name, "content-type")
	case len("Content-Length"):
		return equalFold(name, "content-length")
	case len("Transfer-Encoding"):
		return equalFold(name, "transfer-encoding")
	}
	return false
}

// appendRequest appends a request head with its fields unchanged. Its Length must agree with them.
func (e *Encoder) appendRequest(dst []byte, head *RequestHead) ([]byte, error) {
	if e.inBody {
		return dst, &MisuseError{"RFC 9112 §2.1", "a head before the end of the last message"}
	}
	whole := dst
	dst, err := AppendRequestLine(dst, head)
	for i := 0; i < len(head.Fields) && err == nil; i++ {
		dst, err = appendField(dst, head.Fields[i].Name, head.Fields[i].Value)
	}
	if err != nil {
		return whole, err
	}
	e.begin(head.Length, false)
	e.inBody = true
	return append(dst, "\r\n"...), nil
}

func (e *Encoder) begin(length BodyLength, bodiless bool) {
	e.length, e.bodiless, e.remaining = length, bodiless, max(int64(length), 0)
}

// AppendData is Append for a piece of content.
func (e *Encoder) AppendData(dst, content []byte) ([]byte, error) {
	switch {
	case !e.inBody:
		return dst, &MisuseError{"RFC 9112 §2.1", "content without a head"}
	case len(content) == 0 || e.bodiless:
		return dst, nil
	case e.length == Chunked:
		return appendChunk(dst, content), nil
	case e.length >= 0 && int64(len(content)) > e.remaining:
		return dst, &MisuseError{"RFC 9110 §8.6", "more content than its Content-Length"}
	}
	e.remaining -= int64(len(content))
	return append(dst, content...), nil
}

// Pass counts content that does not go through the Encoder, in octets. The length of the content must be known.
func (e *Encoder) Pass(octets int64) error {
	switch {
	case !e.inBody || e.bodiless || e.length < 0:
		return &MisuseError{"RFC 9112 §6.3", "content of no known length that passes the encoder"}
	case octets > e.remaining:
		return &MisuseError{"RFC 9110 §8.6", "more content than its Content-Length"}
	}
	e.remaining -= octets
	return nil
}

// Bodiless reports whether the message at hand has no content, whatever its head says.
func (e *Encoder) Bodiless() bool { return e.bodiless }

// AppendNothing appends an octet between two chunks that adds nothing to the content, to find out whether the
// recipient is there. It is a zero before the next chunk-size or last-chunk; RFC 9112 §7.1 allows any number of
// those.
func (e *Encoder) AppendNothing(dst []byte) ([]byte, error) {
	if !e.inBody || e.bodiless || e.length != Chunked {
		return dst, &MisuseError{"RFC 9112 §7.1", "nothing can be added where the content is not chunked"}
	}
	return append(dst, '0'), nil
}

// AppendEnd is Append for the end of a message.
func (e *Encoder) AppendEnd(dst []byte, trailers Fields) (_ []byte, err error) {
	switch {
	case !e.inBody:
		return dst, &MisuseError{"RFC 9112 §2.1", "an end without a head"}
	case e.length != Chunked && len(trailers) > 0:
		return dst, &MisuseError{"RFC 9112 §7.1.2", "trailers without chunked"}
	case !e.bodiless && e.length >= 0 && e.remaining > 0:
		return dst, &MisuseError{"RFC 9110 §8.6", "less content than its Content-Length"}
	case !e.bodiless && e.length == Chunked:
		if dst, err = appendLastChunk(dst, trailers); err != nil {
			return dst, err
		}
	}
	*e = Encoder{}
	return dst, nil
}
