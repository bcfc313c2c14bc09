package actors

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/troupe-go/troupe/actors/internal/routing"
)

// A kit is one server, or one actor of it alone, on a fake clock that begins on 1 January 2000.
type kit struct {
	t        *testing.T
	config   Config
	log      *lines
	peer     *peer // connects when it first sends
	server   *Server
	listener *pipeListener
	served   chan error // what Serve returned
	cleanup  []func()
}

// bubble runs f in a bubble of testing/synctest, and then ends everything in it. Remaining goroutines fail the test.
func bubble(t *testing.T, f func(k *kit)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		k := &kit{t: t, log: &lines{level: slog.LevelInfo}}
		k.config.Logger, k.config.ErrorDetail = slog.New(k.log), DetailForAll
		k.server, k.peer = NewServer(k.config), &peer{k: k}
		defer func() {
			for i := len(k.cleanup) - 1; i >= 0; i-- {
				k.cleanup[i]()
			}
			time.Sleep(2 * time.Second) // the library's throttle of dead letters is a goroutine for one
		}()
		f(k)
	})
}

// configure starts over with a server of that configuration.
func (k *kit) configure(change func(*Config)) {
	change(&k.config)
	k.server = NewServer(k.config)
}

// serve adds a route. The handler is a *Handler, or the props of one actor; the options are those of the handler and of the
// route.
func (k *kit) serve(pattern string, handler any, options ...any) {
	handle(k.server, pattern, handler, options...)
}

func handle(server *Server, pattern string, handler any, options ...any) {
	var ofRoute []RouteOption
	of, is := handler.(*Handler)
	if !is {
		of = oneOf(handler.(*actor.Props))
	}
	for _, option := range options {
		switch option := option.(type) {
		case HandlerOption:
			option.setHandler(of)
		case RouteOption:
			ofRoute = append(ofRoute, option)
		}
	}
	server.Handle(pattern, of, ofRoute...)
}

// parsed is a pattern.
func parsed(text string) routing.Pattern {
	pattern, err := routing.Parse(text)
	if err != nil {
		panic(err)
	}
	return pattern
}

// seat is the place of the only actor of a route.
func (env *env) seat(route int) *place {
	return env.routes().Entries()[route].Value.handler.placement.(*pool).places[0]
}

// oneOf is One for props that are there already.
func oneOf(props *actor.Props) *Handler {
	h := One(func() actor.Actor { return nil })
	h.props = props
	return h
}

// start has the server serve an in-memory listener until the end of the bubble.
func (k *kit) start() { k.startBy(k.server.Serve) }

func (k *kit) startBy(serve func(net.Listener) error) {
	if k.listener != nil {
		return
	}
	on, served := newPipeListener(), make(chan error, 1)
	k.listener, k.served = on, served
	go func() { served <- serve(on) }()
	synctest.Wait()
	k.cleanup = append(k.cleanup, func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		if err := k.server.Shutdown(ctx); err != nil {
			k.t.Errorf("shutdown at the end: %v", err)
			select {
			case <-k.server.done:
			default:
				close(k.server.done) // lets Serve go, so that a hang fails this test and no other
			}
		}
	})
}

// dial makes a further client.
func (k *kit) dial() *peer { return (&peer{k: k}).dial() }

// wait lets the fake clock go on.
func (k *kit) wait(d time.Duration) { time.Sleep(d); synctest.Wait() }

// lines is a slog.Handler that keeps each line: level, text, attributes.
type lines struct {
	level slog.Level
	mu    sync.Mutex
	all   []string
	fail  string // a line with this text makes the handler panic, once
}

func (l *lines) Enabled(_ context.Context, level slog.Level) bool { return level >= l.level }
func (l *lines) WithAttrs(attrs []slog.Attr) slog.Handler         { return &linesWith{l, attrs} }
func (l *lines) WithGroup(string) slog.Handler                    { panic("actors make no groups") }

func (l *lines) Handle(_ context.Context, record slog.Record) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	line := record.Level.String() + " " + record.Message
	record.Attrs(func(a slog.Attr) bool {
		line += fmt.Sprintf(" %s=%v", a.Key, a.Value)
		return true
	})
	l.all = append(l.all, line)
	if l.fail != "" && strings.Contains(line, l.fail) {
		l.fail = ""
		panic(errors.New("the log is full"))
	}
	return nil
}

// linesWith are lines with attributes in common.
type linesWith struct {
	*lines
	common []slog.Attr
}

func (l *linesWith) Handle(ctx context.Context, record slog.Record) error {
	line := slog.NewRecord(record.Time, record.Level, record.Message, record.PC)
	line.AddAttrs(l.common...)
	record.Attrs(func(a slog.Attr) bool { line.AddAttrs(a); return true })
	return l.lines.Handle(ctx, line)
}

// written is all of it so far.
func (l *lines) written() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.all)
}

// count is the number of lines that contain all the texts.
func (l *lines) count(texts ...string) (n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
next:
	for _, line := range l.all {
		for _, text := range texts {
			if !strings.Contains(line, text) {
				continue next
			}
		}
		n++
	}
	return n
}
