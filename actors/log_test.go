package actors

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/troupe-go/troupe/wire"
)

func TestEveryLineNamesItsActor(t *testing.T) {
	bubble(t, func(k *kit) {
		k.log.level = slog.LevelDebug
		var spawned atomic.Int32
		k.serve("/", counting(&spawned))
		k.serve("GET /204", answering(func(r *Request) *Response { return r.Text(204, "misuse") }))
		k.peer.send(ask("GET", "/a") + ask("GET", "/crash") + ask("GET", "/stop") + ask("GET", "/204"))
		k.dial().send("nonsense\r\n\r\n")
		k.listener.accepts <- acceptance{err: errors.New("too many open files")}
		k.wait(time.Minute)
		if err := k.server.Shutdown(context.Background()); err != nil {
			t.Error(err)
		}
		for _, line := range k.log.written() {
			_, after, found := strings.Cut(line, " actor=")
			name, _, _ := strings.Cut(after, " ")
			if !found || !strings.HasPrefix(name+"/", "server/") && !strings.HasPrefix(name+"/", "router/") && !strings.HasPrefix(name, "listener") {
				t.Errorf("want a path of the tree in each line, got %q", line)
			}
		}
		for _, text := range []string{
			"INFO listening actor=listener ", "INFO route actor=router/", "INFO exchange actor=listener/connection$1",
			"ERROR crashed actor=router/", "ERROR response refused actor=listener/connection$1", "INFO handler stopped actor=router",
			"INFO request rejected actor=listener/connection$2", "WARN cannot accept, trying again actor=listener ",
			"DEBUG received actor=router message=Request from=listener/connection$1 exchange=1", "DEBUG started actor=listener/connection$1",
			"DEBUG stopped actor=listener/connection$1", "INFO draining actor=server", "INFO stopped actor=server",
		} {
			if k.log.count(text) == 0 {
				t.Errorf("want a line with %q in the log", text)
			}
		}
	})
}

func TestHealthIsSilentAtWarn(t *testing.T) {
	bubble(t, func(k *kit) {
		k.log.level = slog.LevelWarn
		k.serve("/", saying("hello"))
		k.peer.send(get + get)
		k.peer.want("the answer", "HTTP/1.1 200")
		k.dial().send(ask("GET", "/x"))
		k.wait(time.Minute)
		k.server.Shutdown(context.Background())
		if len(k.log.written()) > 0 {
			t.Errorf("at warn, health is silence: got %q", k.log.written())
		}
	})
}

// A counted value notices when it is formatted.
type counted struct{ formatted *int }

func (c counted) String() string            { *c.formatted++; return "" }
func (c counted) LogValue() slog.Value      { *c.formatted++; return slog.StringValue("") }
func (c counted) Receive(ctx actor.Context) {}

func TestADisabledLevelCostsNothing(t *testing.T) {
	log := &actorLog{logger: slog.New(&lines{level: slog.LevelError + 1})}
	pid := actor.NewPID("nonhost", "server/router/GET /")
	request := &Request{head: wire.RequestHead{Method: "GET"}, exchange: 7}
	response := request.Status(200)
	formatted := 0
	message := any(&counted{&formatted})
	begun := instant(1)
	for name, say := range map[string]func(){
		"hops":     func() { log.hops() },
		"exchange": func() { log.exchange(pid, request, request.Status(200), begun, 0) },
		"debug":    func() { log.debug(pid, "text") },
		"info":     func() { log.info(pid, "text") },
		"warn":     func() { log.warn(pid, "text") },
	} {
		if got := testing.AllocsPerRun(100, say); got > 0 {
			t.Errorf("%s at a disabled level: want no allocation, got %v", name, got)
		}
	}
	log.hop(pid, message)
	log.late(pid, response)
	if formatted > 0 || len(log.logger.Handler().(*lines).all) > 0 {
		t.Error("at a disabled level nothing is formatted")
	}
}

func TestPathsAndKinds(t *testing.T) {
	for id, want := range map[string]string{
		"server": "server", "server/router": "router", "server/listener/connection$7": "listener/connection$7",
		"server/router/GET /a/{b}": "router/GET /a/{b}",
	} {
		if got := path(actor.NewPID("nonhost", id)); got != want {
			t.Errorf("the path of %q: want %q, got %q", id, want, got)
		}
	}
	if got := path(nil); got != "nobody" {
		t.Errorf("a message may come from nobody: got %q", got)
	}
	for _, test := range []struct {
		message any
		want    string
	}{{&Request{}, "Request"}, {(*Response)(nil), "Response"}, {&actor.Started{}, "Started"}, {"text", "string"}, {nil, "<nil>"}} {
		if got := kind(test.message); got != test.want {
			t.Errorf("want the type as people say it, %q, got %q", test.want, got)
		}
	}
}

func TestNothingIsLostOfADeadLetter(t *testing.T) {
	bubble(t, func(k *kit) {
		k.serve("/", saying("hello"))
		k.start()
		k.tell("router/nobody", "a letter")
		if k.log.count("INFO dead letter actor=router/nobody message=string") != 1 {
			t.Errorf("want the dead letter in the log, got %q", k.log.written())
		}
	})
}
