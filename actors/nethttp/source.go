package nethttp

import (
	"os"
	"sync"
	"time"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/troupe-go/troupe/actors"
)

// A source is the actor that stands between ServeHTTP, which writes, and the connection, which asks. ServeHTTP waits
// until the connection asks, so that it writes no faster than the client reads.
type source struct {
	demands chan demand
	gone    chan struct{} // closed when the connection asks no more
	once    sync.Once
}

// A demand is the connection's wish for a piece.
type demand struct {
	ask  *actors.ReadBody
	from *actor.PID
	root *actor.RootContext
}

func newSource() *source {
	return &source{demands: make(chan demand, 1), gone: make(chan struct{})}
}

func (s *source) props() *actor.Props {
	return actor.PropsFromProducer(func() actor.Actor { return s })
}

// Receive passes the demands on. At most one is outstanding.
func (s *source) Receive(ctx actor.Context) {
	switch message := ctx.Message().(type) {
	case *actors.ReadBody:
		s.demands <- demand{ask: message, from: ctx.Sender(), root: ctx.ActorSystem().Root}
	case *actor.Stopping:
		s.once.Do(func() { close(s.gone) })
	}
}

// send waits for the connection to ask, and sends it a piece. It fails if the connection asks no more, or not before
// the deadline. When the connection asks, it has written the piece before.
func (s *source) send(piece []byte, until *deadline) error {
	return s.answer(func(ask *actors.ReadBody) *actors.BodyRead { return ask.Data(piece) }, until)
}

func (s *source) end(trailers actors.Fields, until *deadline) error {
	return s.answer(func(ask *actors.ReadBody) *actors.BodyRead { return ask.End(trailers) }, until)
}

func (s *source) fail(why error) {
	_ = s.answer(func(ask *actors.ReadBody) *actors.BodyRead { return ask.Fail(why) }, &deadline{})
}

func (s *source) answer(answer func(*actors.ReadBody) *actors.BodyRead, until *deadline) error {
	for {
		at, moved := until.look()
		var late <-chan time.Time
		if !at.IsZero() {
			left := time.Until(at)
			if left <= 0 {
				return os.ErrDeadlineExceeded
			}
			timer := time.NewTimer(left)
			defer timer.Stop()
			late = timer.C
		}
		select {
		case d := <-s.demands:
			d.root.Send(d.from, answer(d.ask))
			return nil
		case <-s.gone:
			return actors.ErrClientGone
		case <-late:
			return os.ErrDeadlineExceeded
		case <-moved:
		}
	}
}
