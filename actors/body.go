package actors

import (
	"errors"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/troupe-go/troupe/wire"
)

// ErrExchangeOver is the Err of a BodyRead for content that cannot be read any more: its exchange has
// ended, or another ReadBody for it is outstanding.
var ErrExchangeOver = errors.New("actors: the exchange is over, or its content is being read")

// ReadBody is the command that asks the connection for the next piece of the request's content, for
// a route that has StreamBody:
//
//	ctx.Request(request.ReplyTo(), request.ReadBody())
//
// A piece has at most some tens of KiB. The socket is read only when a piece is asked for.
func (r *Request) ReadBody() *ReadBody { return &ReadBody{r} }

// Stream is a response whose content comes from an actor, made of the props when the head has been
// sent: for each ReadBody that it gets it responds, now or later, with a BodyRead. It is stopped
// after the last one, and when the client is gone. If it fails or stops before its end, the
// connection is broken off, so that the client sees that the content is not complete.
//
// The content is chunked; for a client that speaks HTTP/1.0 it ends with the connection. See
// [Response.WithLength].
//
// It panics if there are no props, or none that make an actor.
func (r *Request) Stream(status int, fields Fields, source *actor.Props) *Response {
	checkProps("Stream: the source of the content", source)
	return &Response{Status: status, Fields: fields, source: source, length: wire.Chunked, request: r}
}

// WithLength announces the length of a stream, in octets, and returns the response. More or less than
// that breaks the connection off.
func (r *Response) WithLength(octets int64) *Response {
	r.length = wire.BodyLength(octets)
	return r
}

// Request is the request that is being answered.
func (m *ReadBody) Request() *Request { return m.request }

// Data is the answer with a piece of content, which must not change afterwards.
func (m *ReadBody) Data(piece []byte) *BodyRead { return &BodyRead{Request: m.request, Bytes: piece} }

// End is the answer that there is no more content; the trailers may be nil, and are sent only where
// the content is chunked.
func (m *ReadBody) End(trailers Fields) *BodyRead {
	return &BodyRead{Request: m.request, Trailers: trailers, End: true}
}

// Fail is the answer that the content cannot be completed.
func (m *ReadBody) Fail(err error) *BodyRead { return &BodyRead{Request: m.request, Err: err} }
