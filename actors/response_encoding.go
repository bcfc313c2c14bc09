package actors

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/troupe-go/troupe/wire"
)

// Encode applies a content coding, such as gzip, while the response is sent (RFC 9110 §8.4), and returns the response.
// newWriter makes what encodes the content, for this response only: the server writes each piece of content to it,
// calls its method Flush, if it has one, so that the client gets the piece, and closes it at the end, also when the
// client is gone. It may be made late, or never.
//
// The response gets the field Content-Encoding. Its entity tag becomes a weak one, because the octets are others than
// those that the tag stands for, and Accept-Ranges is dropped. A length that was announced is dropped as well.
func (r *Response) Encode(coding string, newWriter func(io.Writer) io.WriteCloser) *Response {
	if newWriter == nil || coding == "" {
		mistake("Encode: there is no coding, or nothing that encodes")
	}
	if r.encode != nil {
		mistake("Encode: the response has a coding already, and can have only one")
	}
	r.Fields = slices.DeleteFunc(slices.Clone(r.Fields), func(f Field) bool { return strings.EqualFold(f.Name, "Accept-Ranges") })
	for i := range r.Fields {
		if f := &r.Fields[i]; strings.EqualFold(f.Name, "ETag") && !wire.EntityTag(f.Value).Weak() {
			f.Value = "W/" + f.Value
		}
	}
	r.encode = newWriter
	return r.With("Content-Encoding", coding)
}

// errCoding is the error if what encodes content has panicked.
var errCoding = errors.New("its content coding has crashed: see the line of that")

// An encoding encodes the content of one response.
type encoding struct {
	to      bytes.Buffer
	make    func(io.Writer) io.WriteCloser // nil after the first piece
	writer  io.WriteCloser                 // nil before the first piece, and after the end
	left    int64                          // octets of content that were announced; below 0 if none were
	flushes bool                           // the client is to get each piece at once
}

func newEncoding(of *Response) *encoding {
	e := &encoding{make: of.encode, left: int64(of.length), flushes: isEndless(of)}
	if !of.isStream() {
		e.left = int64(len(of.Body))
	}
	return e
}

// piece encodes a piece of content. The result is valid until the next call.
func (e *encoding) piece(content []byte, last bool) (encoded []byte, err error) {
	e.to.Reset()
	if e.make != nil {
		e.writer, e.make = e.make(&e.to), nil
	}
	if e.left >= 0 {
		if e.left -= int64(len(content)); e.left < 0 || last && e.left > 0 {
			return nil, errors.New("the content has another length than announced")
		}
	}
	if len(content) > 0 {
		if _, err = e.writer.Write(content); err != nil {
			return nil, err
		}
	}
	if last {
		err = e.close()
	} else if flusher, can := e.writer.(interface{ Flush() error }); can && e.flushes && len(content) > 0 {
		err = flusher.Flush()
	}
	return e.to.Bytes(), err
}

// close ends the encoding, once.
func (e *encoding) close() error {
	if e.writer == nil {
		return nil
	}
	writer := e.writer
	e.writer = nil
	return writer.Close()
}

// encoded returns the response as it is sent. Content that is there, and small, is encoded now; other content is encoded
// as a stream. A panic of the foreign writer goes on.
func (r *Response) encoded() (*Response, error) {
	switch {
	case r.encode == nil:
		return r, nil
	case !wire.MayHaveContent(r.Status):
		sent := *r
		sent.encode = nil
		return &sent, nil
	case r.isStream():
		return r, nil
	case len(r.Body) > turnSize:
		return r.inPieces(), nil
	}
	content, err := newEncoding(r).piece(r.Body, true)
	if err != nil {
		return nil, fmt.Errorf("the content could not be encoded: %w", err)
	}
	sent := *r
	sent.Body, sent.encode = content, nil
	return &sent, nil
}
