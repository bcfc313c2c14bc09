package actors

import (
	"errors"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/troupe-go/troupe/wire"
)

// ErrExchangeOver is the Err of a BodyRead if the content can no longer be read: its exchange has ended, or another
// ReadBody for it is outstanding.
var ErrExchangeOver = errors.New("actors: the exchange is over, or its content is being read")

// ReadBody makes the command that asks the connection for the next piece of the request's content, on a route with
// StreamBody:
//
//	ctx.Request(request.ReplyTo(), request.ReadBody())
//
// A piece has at most some tens of KiB. The server reads the socket only when a piece is asked for.
func (r *Request) ReadBody() *ReadBody { return &ReadBody{r} }

// Stream makes a response whose content comes from an actor, the source. The server makes it from the props when it
// sends the head. The source answers each ReadBody, at once or later, with a BodyRead. It is stopped after the last
// one, and when the client is gone. If it fails or stops before the end, the server breaks the connection off, so
// that the client sees that the content is incomplete.
//
// The content is chunked; for a client that speaks HTTP/1.0 it ends with the connection. See [Response.WithLength].
//
// It panics if the props are nil, or make no actor.
func (r *Request) Stream(status int, fields Fields, source *actor.Props) *Response {
	checkProps("Stream: the source of the content", source)
	return &Response{Status: status, Fields: fields, source: source, length: wire.Chunked, request: r}
}

// WithLength announces the length of a stream, in octets, and returns the response. If the source sends more or less,
// the connection is broken off.
func (r *Response) WithLength(octets int64) *Response {
	r.length = wire.BodyLength(octets)
	return r
}

// Request is the request that is being answered.
func (m *ReadBody) Request() *Request { return m.request }

// Data makes the answer with a piece of content. The piece must not change afterwards.
func (m *ReadBody) Data(piece []byte) *BodyRead { return &BodyRead{Request: m.request, Bytes: piece} }

// End makes the answer that says that the content is complete. The trailers may be nil; they are sent only if the
// content is chunked.
func (m *ReadBody) End(trailers Fields) *BodyRead {
	return &BodyRead{Request: m.request, Trailers: trailers, End: true}
}

// Fail makes the answer that says that the content cannot be completed.
func (m *ReadBody) Fail(err error) *BodyRead { return &BodyRead{Request: m.request, Err: err} }
