package handlers

import (
	"github.com/asynkron/protoactor-go/actor"
	"github.com/troupe-go/troupe/actors"
)

// Echo sends the content of each request back as it comes, in bounded memory, with its Content-Type and its trailers.
// Its route needs [actors.StreamBody].
func Echo() *actors.Handler {
	return actors.One(func() actor.Actor { return actor.ReceiveFunc(echoes) })
}

func echoes(ctx actor.Context) {
	switch message := ctx.Message().(type) {
	case *actors.Request:
		// Read the content before answering: the client may wait for a 100 (Continue).
		ctx.Request(message.ReplyTo(), message.ReadBody())
	case *actors.BodyRead:
		ctx.Send(message.Request.ReplyTo(), echoOf(message))
	}
}

// echoOf makes the response whose content begins with the piece.
func echoOf(first *actors.BodyRead) *actors.Response {
	request := first.Request
	contentType := request.Field("Content-Type")
	if contentType == "" {
		contentType = "application/octet-stream"
	}
	response := request.Stream(200, actors.Fields{{Name: "Content-Type", Value: contentType}},
		actor.PropsFromProducer(func() actor.Actor { return &echo{request: request, first: first} }))
	if length := request.ContentLength(); length >= 0 {
		response.WithLength(length)
	}
	return response
}

// echo is a source that passes a request's content on. It turns each demand of the connection into a demand for the
// content, so neither runs ahead of the other.
type echo struct {
	request *actors.Request
	first   *actors.BodyRead // the piece that was read already, else nil
	demand  *actors.ReadBody
}

func (e *echo) Receive(ctx actor.Context) {
	switch message := ctx.Message().(type) {
	case *actors.ReadBody:
		e.demand = message
		if e.first != nil {
			ctx.Respond(e.pass(e.first))
			e.first = nil
			return
		}
		ctx.Request(e.request.ReplyTo(), e.request.ReadBody())
	case *actors.BodyRead:
		ctx.Send(e.request.ReplyTo(), e.pass(message))
	}
}

func (e *echo) pass(read *actors.BodyRead) *actors.BodyRead {
	passed := e.demand.Data(read.Bytes)
	passed.Trailers, passed.End, passed.Err = read.Trailers, read.End, read.Err
	return passed
}
