package handlers

import (
	"errors"
	"io"
	"sync/atomic"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/troupe-go/troupe/actors"
)

// emptyReads is how often a reader may return nothing before Reader gives up.
const emptyReads = 100

// pieceSize is how many octets a Reader reads at once, at most.
const pieceSize = 32 << 10

// Reader makes the source of a streamed response (see [actors.Request.Stream]) from an io.Reader. At the end it
// closes the reader if that is an io.Closer, even if the response is never sent. The reader may block: it delays
// nobody else. It must belong to this one response.
//
// It panics if the reader is nil. If its props are used for a second response, that response is broken off.
func Reader(from io.Reader) *actor.Props {
	if from == nil {
		panic("handlers: Reader: the reader is nil")
	}
	var used atomic.Bool
	return actor.PropsFromProducer(func() actor.Actor {
		if used.Swap(true) {
			panic("handlers: a Reader is used for a second response, and the first has read it: call Reader for each")
		}
		return &reader{from: from}
	})
}

type reader struct {
	from io.Reader
	err  error // came with octets, and ends the next read
}

func (r *reader) Receive(ctx actor.Context) {
	switch message := ctx.Message().(type) {
	case *actors.ReadBody:
		ctx.Respond(r.read(message))
	case *actor.Stopping:
		if closer, ok := r.from.(io.Closer); ok {
			closer.Close()
		}
	}
}

func (r *reader) read(demand *actors.ReadBody) *actors.BodyRead {
	piece := make([]byte, pieceSize)
	n := 0
	for tries := 0; n == 0 && r.err == nil; tries++ {
		if n, r.err = r.from.Read(piece); tries == emptyReads && n == 0 && r.err == nil {
			r.err = io.ErrNoProgress
		}
	}
	switch {
	case n > 0:
		return demand.Data(piece[:n])
	case errors.Is(r.err, io.EOF):
		return demand.End(nil)
	}
	return demand.Fail(r.err)
}
