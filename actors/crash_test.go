package actors

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"runtime"
	"strings"
	"testing"
	"time"
	"unsafe"

	"github.com/asynkron/protoactor-go/actor"
)

const large = 8 << 20 // octets

// A shownAs is a reason that is no error.
type shownAs func() string

func (s shownAs) String() string { return s() }

// An erring is a reason that is one.
type erring func() string

func (e erring) Error() string { return e() }

// The description of a panic value has at most some KiB, and uses the value's own methods.
func TestAReasonIsDescribed(t *testing.T) {
	type pair struct{ A, B any }
	self := &pair{}
	self.A = self
	for _, test := range []struct {
		reason any
		want   string // the beginning
	}{
		{"text", "text"}, {errors.New("an error"), "an error"}, {7, "7"}, {nil, "<nil>"},
		{fmt.Errorf("two: %w", net.ErrClosed), "two: use of closed network connection"},
		{shownAs(func() string { return "by itself" }), "by itself"},
		{shownAs(func() string { panic("again") }), "a actors.shownAs that panicked when it was printed"},
		{erring(func() string { panic(errors.New("again")) }), "a actors.erring that panicked when it was printed"},
		{(*net.OpError)(nil), "<nil>"}, {(*nilError)(nil), "a *actors.nilError that panicked when it was printed"},
		{pair{1, "b"}, "{1 b}"}, {[]int{1, 2}, "[1 2]"}, {map[string]int{"a": 1}, "map[a:1]"}, {self, "a large *actors.pair"},
		{strings.Repeat("é", large/2), strings.Repeat("é", longestReason/2) + "… (8388608 octets)"},
		{erring(func() string { return strings.Repeat("x", large) }), strings.Repeat("x", longestReason) + "… (8388608 octets)"},
		{make([]byte, large), "a large []uint8"}, {[4096]int{}, "a large [4096]int"},
		{pair{B: strings.Repeat("x", large)}, "a large actors.pair"}, {&pair{A: make([]int, large)}, "a large *actors.pair"},
		{map[string]string{"a": strings.Repeat("x", large)}, "a large map[string]string"},
	} {
		got := describe(test.reason)
		if !strings.HasPrefix(got, test.want) || len(got) > longestReason+100 {
			t.Errorf("want %.100q, got %.100q (%d octets)", test.want, got, len(got))
		}
	}
}

// A nilError cannot be printed if it is nil.
type nilError struct{ text string }

func (e *nilError) Error() string { return e.text }

// A description does not hold the text that it is a part of.
func TestADescriptionHoldsNothing(t *testing.T) {
	for _, octets := range []int{10, longestReason, longestReason + 1} {
		text := strings.Repeat("x", large)[:octets]
		if unsafe.StringData(text) == unsafe.StringData(describe(text)) {
			t.Errorf("want a copy of %d octets", octets)
		}
	}
}

// A panic that quotes the content wrote 32 MiB of log, and held up the router meanwhile.
func TestALargeReasonIsCut(t *testing.T) {
	for name, reason := range map[string]func(content string) any{
		"text":       func(content string) any { return content },
		"an error":   func(content string) any { return errors.New(content) },
		"a Stringer": func(content string) any { return shownAs(func() string { return content }) },
		"octets":     func(content string) any { return []byte(content) },
		"a struct":   func(content string) any { return struct{ a, b string }{content, content} },
		"an address": func(content string) any { return &content },
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(k *kit) {
				k.serve("POST /{what}", answering(func(r *Request) *Response { panic(reason(string(r.Body))) }))
				for range 2 * crashesInFull {
					k.peer.send(fmt.Sprintf("POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n%s", large, strings.Repeat("x", large)))
					k.peer.want("told at once", "HTTP/1.1 500")
				}
				k.wait(quietTime)
				octets := 0
				for _, line := range k.log.written() {
					octets += len(line)
				}
				if k.wantLines("in the log", crashesInFull, 1); octets > 64<<10 {
					t.Errorf("want some KiB of log, got %d", octets)
				}
			})
		})
	}
}

// A reason that is slow or fails to print costs only the actor that panicked with it. Its client was told before,
// nobody else waits, and the crash is in the log.
func TestAReasonThatFailsToBePrinted(t *testing.T) {
	for name, test := range map[string]struct {
		reason any
		took   time.Duration
		want   string
	}{
		"it is slow":                      {slowError(3 * time.Second), 3 * time.Second, "slow"},
		"it panics":                       {erring(func() string { panic("again") }), 0, "a actors.erring that panicked"},
		"it ends the goroutine":           {endingError{}, 0, "an error that ended the goroutine"},
		"it ends it, as a Stringer":       {shownAs(func() string { runtime.Goexit(); return "" }), 0, "an error that ended the goroutine"},
		"there is none, by Goexit":        {nil, 0, "runtime.Goexit was called"},
		"it panics with what panics then": {erring(func() string { panic(endingError{}) }), 0, "a actors.erring that panicked"},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(k *kit) {
				k.serve("/{what}", onRequest(func(ctx actor.Context, r *Request) {
					switch {
					case r.Path() == "/good":
						ctx.Respond(hello(r))
					case test.reason == nil:
						runtime.Goexit()
					default:
						panic(test.reason)
					}
				}))
				k.serve("/other", saying("hello"))
				behind, other := k.dial(), k.dial()
				k.peer.send(ask("GET", "/bad"))
				behind.send(ask("GET", "/good"))
				other.send(ask("GET", "/other"))
				k.wait(soon)
				k.peer.want("told at once", "HTTP/1.1 500")
				other.want("nobody else waits", "HTTP/1.1 200")
				k.wait(test.took)
				behind.want("the handler is back", "HTTP/1.1 200")
				if k.log.count("ERROR crashed actor=router//{what}", "reason="+test.want, "decision=restart", "crash_test.go") != 1 {
					t.Errorf("want the crash in the log, got %q", k.log.written())
				}
			})
		})
	}
}

// A nil message must not end the process on its way to the log.
func TestACrashOnANilMessageOfOurs(t *testing.T) {
	for _, message := range []any{
		(*Request)(nil), (*Response)(nil), (*BodyRead)(nil), (*ReadBody)(nil), (*handlerCrashed)(nil),
		(*handlerStopped)(nil), (*queueFull)(nil), (*notAnswered)(nil), (*task)(nil), (*accepted)(nil), (*resumed)(nil), nil,
	} {
		t.Run(fmt.Sprintf("%T", message), func(t *testing.T) {
			bubble(t, func(k *kit) {
				k.log.level = slog.LevelDebug
				crashed := false
				k.serve("/", actorOf(func(ctx actor.Context) {
					if ctx.Message() == message && !crashed {
						crashed = true
						panic("asked to")
					}
					answerHello(ctx)
				}))
				k.start()
				k.tell("router//", message)
				k.wait(soon)
				k.peer.send(get)
				k.peer.want("all goes on", "HTTP/1.1 200")
			})
		})
	}
}

// The logged stack has only the calls of the actor itself.
func TestAStackIsTheActorsOwn(t *testing.T) {
	for name, fail := range failing {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(k *kit) {
				k.serve("/", answering(func(*Request) *Response { fail(); return nil }))
				k.peer.send(get)
				k.peer.want("told at once", "HTTP/1.1 500")
				for _, line := range k.log.written() {
					if stack := []byte(line); bytes.Contains(stack, []byte("crashed")) && (bytes.Contains(stack, []byte("mailbox_failure.go")) || bytes.Contains(stack, []byte("actor_context.go"))) {
						t.Errorf("want nothing of the server's own in the stack, got %s", line)
					}
				}
			})
		})
	}
}
