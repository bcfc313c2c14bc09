package actors

import (
	"errors"
	"fmt"
	"io"

	"github.com/asynkron/protoactor-go/actor"
)

// Reader returns the content of the request, to be read by one goroutine. On a route with StreamBody it is read as it
// arrives, in bounded memory, and Read waits for it: use it where waiting delays nobody else, as in a [Func], a
// [PerRequest] actor or the function of [Go]. If the client does not send all of it, the error is io.ErrUnexpectedEOF;
// if the exchange ends before, it is [ErrExchangeOver].
//
// Elsewhere all content is there already, and Read does not wait.
func (r *Request) Reader() *ContentReader {
	if r.pulls() {
		return &ContentReader{request: r, pulls: true}
	}
	return &ContentReader{request: r, rest: r.Body}
}

// pulls reports whether the content has to be asked for piece by piece.
func (r *Request) pulls() bool { return r.route != nil && r.route.streams && r.env != nil }

// A ContentReader is an io.Reader of the content of a request: see [Request.Reader].
type ContentReader struct {
	request  *Request
	rest     []byte
	pulls    bool
	trailers Fields
	err      error
}

// Read reads at most one piece of the content.
func (c *ContentReader) Read(into []byte) (int, error) {
	for len(c.rest) == 0 && c.err == nil && len(into) > 0 {
		c.next()
	}
	n := copy(into, c.rest)
	if c.rest = c.rest[n:]; n > 0 || len(into) == 0 {
		return n, nil
	}
	return 0, c.err
}

// WriteTo writes the rest of the content, piece by piece as it arrives.
func (c *ContentReader) WriteTo(to io.Writer) (octets int64, err error) {
	for {
		if len(c.rest) > 0 {
			n, err := to.Write(c.rest)
			c.rest = c.rest[n:]
			if octets += int64(n); err != nil {
				return octets, err
			}
		}
		switch {
		case c.err == io.EOF:
			return octets, nil
		case c.err != nil:
			return octets, c.err
		}
		c.next()
	}
}

// Trailers returns the trailer fields of the content, once Read has returned io.EOF.
func (c *ContentReader) Trailers() Fields { return c.trailers }

// next gets the next piece.
func (c *ContentReader) next() {
	if !c.pulls {
		c.err, c.trailers = io.EOF, c.request.Trailers
		return
	}
	root := c.request.env.system.Root
	answer, err := root.RequestFuture(c.request.ReplyTo(), c.request.ReadBody(), -1).Result()
	read, isPiece := answer.(*BodyRead)
	switch {
	case errors.Is(err, actor.ErrDeadLetter):
		c.err = ErrExchangeOver
	case err != nil:
		c.err = err
	case !isPiece:
		c.err = fmt.Errorf("actors: the content was answered with a %T", answer)
	case read.Err != nil:
		c.err = read.Err
	default:
		c.rest = read.Bytes
		if read.End {
			c.err, c.trailers = io.EOF, read.Trailers
		}
	}
}

// content returns all of the content. Where it is streamed, it reads at most as much as the server collects.
func (r *Request) content() ([]byte, error) {
	if !r.pulls() {
		return r.Body, nil
	}
	limit := r.contentLimit()
	content, err := io.ReadAll(io.LimitReader(r.Reader(), limit+1))
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		return nil, &Problem{Status: 400, Detail: "The content ended too early."}
	case err != nil:
		return nil, err
	case int64(len(content)) > limit:
		return nil, tooLarge()
	}
	return content, nil
}

// contentLimit is how much of the content is read at once.
func (r *Request) contentLimit() int64 {
	switch {
	case r.env == nil:
		return int64(len(r.Body))
	case r.route != nil && r.route.maxBody != 0:
		return max(r.route.maxBody, 0)
	}
	return max(r.env.config.Limits.Body, 0)
}
