package actors

import (
	"io"
	"log/slog"
	"testing"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/troupe-go/troupe/wire"
)

// The cost of a line about an exchange for its connection, without the log handler.
func BenchmarkLog(b *testing.B) {
	log := newActorLog(Config{Logger: slog.New(slog.NewJSONHandler(io.Discard, nil))})
	pid := actor.NewPID("nonhost", "server/listener/connection$7")
	r := &Request{env: &env{}, exchange: 7,
		head: wire.RequestHead{Method: "GET", Target: wire.RequestTarget{Raw: "/health"}}, origin: &origin{peer: "127.0.0.1:52104"}}
	response, begun := r.Status(200), instant(1)
	b.ReportAllocs()
	for b.Loop() {
		log.exchange(pid, r, response, begun, 21)
	}
}
