package handlers

import (
	"errors"
	"io"
	"sync/atomic"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/troupe-go/troupe/actors"
)

// emptyReads are how often a reader may return nothing before it is given up.
const emptyReads = 100

// pieceSize is how many octets a Reader reads at a time, at most.
const pieceSize = 32 << 10

// Reader is the source of a streamed response (see [actors.Request.Stream]) that reads from an
// io.Reader, and closes it in the end if it is an io.Closer. The reader may block: it holds nobody
// else up. It must be made for this one response, and is closed even if that is never sent.
//
// It panics if the reader is nil. Props that are used for a second response break that one off.
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
	err  error // that came with octets, and ends the next read
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
