package handlers

import (
	"errors"
	"io"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/troupe-go/troupe/actors"
)

// pieceSize is how many octets a Reader reads at a time, at most.
const pieceSize = 32 << 10

// Reader is the source of a streamed response (see [actors.Request.Stream]) that reads from an
// io.Reader, and closes it in the end if it is an io.Closer. The reader may block: it holds nobody
// else up. It must be made for this one response.
func Reader(from io.Reader) *actor.Props {
	return actor.PropsFromProducer(func() actor.Actor { return &reader{from} })
}

type reader struct{ from io.Reader }

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
	n, err := io.ReadAtLeast(r.from, piece, 1)
	switch {
	case n > 0:
		return demand.Data(piece[:n]) // an error comes again with the next read
	case errors.Is(err, io.EOF):
		return demand.End(nil)
	}
	return demand.Fail(err)
}
