package actors

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"unicode"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/lmittmann/tint"
)

// nasty are texts that would do something to a terminal, a line or a handler: every octet, alone and
// within text, and what looks like the notation for one.
func nasty() (texts []string) {
	whole := make([]byte, 256)
	for c := range 256 {
		whole[c] = byte(c)
		texts = append(texts, string([]byte{byte(c)}), "a"+string([]byte{byte(c)})+"b =\"")
	}
	return append(texts, string(whole), "", `\x1b[31m="`, `\x1B`, `\\x1b `, `\`, `\u001b[31m `, "\u2028", "\u2029", "\u202e\u2066",
		"\u009b31m", "\u0085", "\ufffd after", "\ufeff", "\u00a0", "\xe2\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\U000e0041")
}

// logHandlers are handlers of others, with how they show a value.
var logHandlers = []struct {
	name   string
	make   func(w io.Writer) slog.Handler
	colour bool
	value  func(line, key string) (string, error)
}{
	{"tint", func(w io.Writer) slog.Handler { return tint.NewTextHandler(w, &tint.Options{NoColor: true}) }, false, textValue},
	{"tint in colour", func(w io.Writer) slog.Handler { return tint.NewTextHandler(w, nil) }, true, textValue},
	{"slog.TextHandler", func(w io.Writer) slog.Handler { return slog.NewTextHandler(w, nil) }, false, textValue},
	{"slog.JSONHandler", func(w io.Writer) slog.Handler { return slog.NewJSONHandler(w, nil) }, false, jsonValue},
}

var colours = regexp.MustCompile("\x1b\\[[0-9;]*m")

func textValue(line, key string) (string, error) {
	_, value, found := strings.Cut(colours.ReplaceAllString(line, ""), " "+key+"=")
	if !found {
		return "", errors.New("there is no such key")
	}
	if quoted, err := strconv.QuotedPrefix(value); err == nil {
		return strconv.Unquote(quoted)
	}
	return value[:strings.IndexAny(value, " \n")], nil
}

func jsonValue(line, key string) (string, error) {
	var attrs map[string]any
	err := json.Unmarshal([]byte(line), &attrs)
	return fmt.Sprint(attrs[key]), err
}

// octetsOf undoes Printable.
func octetsOf(text string) string {
	return regexp.MustCompile(`\\x[0-9A-F]{2}`).ReplaceAllStringFunc(text, func(escape string) string {
		octet, _ := strconv.ParseUint(escape[2:], 16, 8)
		return string([]byte{byte(octet)})
	})
}

// wantPrintable wants one whole line that a terminal shows and does nothing else with.
func wantPrintable(t *testing.T, line string, colour bool) {
	t.Helper()
	if colour {
		shown := colours.FindAllString(line, -1)
		for _, code := range shown {
			if !strings.Contains(" \x1b[0m \x1b[2m \x1b[91m \x1b[92m \x1b[93m ", " "+code+" ") {
				t.Errorf("%q is no colour of the handler's own, in %q", code, line)
			}
		}
		line = colours.ReplaceAllString(line, "")
	}
	text, ended := strings.CutSuffix(line, "\n")
	if !ended {
		t.Errorf("the line has no end: %q", line)
	}
	for _, r := range text {
		if !unicode.IsPrint(r) || r == unicode.ReplacementChar {
			t.Errorf("%q is not printable, in %q", r, line)
		}
	}
}

// A formatted value gives its text when a handler asks.
type (
	stringer  string
	logValuer string
	textual   string
)

func (s stringer) String() string              { return string(s) }
func (l logValuer) LogValue() slog.Value       { return slog.AnyValue(errors.New(string(l))) }
func (t textual) MarshalText() ([]byte, error) { return []byte(t), nil }
func (t textual) String() string               { return string(t) }

// Text from outside is printable before a log handler sees it, in any kind of value, and every octet can be
// recovered.
func TestTheLogIsPrintable(t *testing.T) {
	kinds := map[string]func(text string) slog.Attr{
		"string":    func(text string) slog.Attr { return slog.String("value", text) },
		"error":     func(text string) slog.Attr { return slog.Any("value", errors.New(text)) },
		"Stringer":  func(text string) slog.Attr { return slog.Any("value", stringer(text)) },
		"LogValuer": func(text string) slog.Attr { return slog.Any("value", logValuer(text)) },
		"marshaler": func(text string) slog.Attr { return slog.Any("value", textual(text)) },
		"list":      func(text string) slog.Attr { return slog.Any("value", []string{text}) },
		"group":     func(text string) slog.Attr { return slog.Group("", slog.String("value", text)) },
		"groups":    func(text string) slog.Attr { return slog.Group("", slog.Group("", slog.Any("value", stringer(text)))) },
	}
	for _, handler := range logHandlers {
		for kind, attr := range kinds {
			t.Run(handler.name+"/"+kind, func(t *testing.T) {
				texts := nasty()
				if kind != "string" {
					texts = texts[512:] // one has all octets
				}
				for _, text := range texts {
					var line bytes.Buffer
					log := &actorLog{logger: slog.New(handler.make(&line))}
					log.info(&actor.PID{Id: "server/listener/" + text}, "exchange", attr(text), slog.Int("status", 200))
					wantPrintable(t, line.String(), handler.colour)
					value, err := handler.value(line.String(), "value")
					if kind == "list" {
						text = "[" + text + "]"
					}
					if err != nil || octetsOf(value) != text {
						t.Errorf("%q is shown as %q, %q (%v): want no octet lost", text, value, line.String(), err)
					}
					if _, err := handler.value(line.String(), "status"); err != nil {
						t.Errorf("what comes after %q is lost in %q: %v", text, line.String(), err)
					}
				}
			})
		}
	}
}

// A stack keeps its lines and tabs, and nothing else of that kind.
func TestAStackKeepsItsLayout(t *testing.T) {
	if got, want := safeAttr(slog.String(stackKey, "a\n\tb\r\x1b\v\u2028")).Value.String(), "a\n\tb"+`\x0D\x1B\x0B\xE2\x80\xA8`; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got, want := safeAttr(slog.String("reason", "a\n\tb")).Value.String(), `a\x0A\x09b`; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestPrintable(t *testing.T) {
	for text, want := range map[string]string{
		"": "", "GET /a?b=c%20d HTTP/1.1": "GET /a?b=c%20d HTTP/1.1",
		"Grüße, 世界, e\u0301, 🎭, שלום": "Grüße, 世界, e\u0301, 🎭, שלום",
		"\x00\x1b\x7f\\\n":            `\x00\x1B\x7F\x5C\x0A`,
		"ü\xff\u202e\u0085ü":          `ü\xFF\xE2\x80\xAE\xC2\x85ü`,
	} {
		if got := Printable(text); got != want {
			t.Errorf("Printable(%q) = %q, want %q", text, got, want)
		}
		if got := octetsOf(Printable(text)); got != text {
			t.Errorf("of %q comes %q back", text, got)
		}
	}
	attr := slog.String("target", "GET /a?b=c%20d HTTP/1.1")
	if n := testing.AllocsPerRun(100, func() { attr = safeAttr(attr) }); n > 0 {
		t.Errorf("plain text costs %v allocations, want a look at it and nothing else", n)
	}
}

func FuzzPrintable(f *testing.F) {
	for _, text := range nasty() {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) { // Invariant: printable, and the octets come back
		shown := Printable(text)
		wantPrintable(t, shown+"\n", false)
		if octetsOf(shown) != text {
			t.Errorf("of %q comes %q back", text, octetsOf(shown))
		}
	})
}

// A lockedBuffer is written and read by different goroutines.
type lockedBuffer struct {
	mu     sync.Mutex
	octets bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.octets.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.octets.String()
}

// A client tries every way into the log: none of its control octets reaches any log handler.
func TestAClientWritesNothingToTheTerminal(t *testing.T) {
	bubble(t, func(k *kit) {
		logs, all := make([]lockedBuffer, len(logHandlers)), []slog.Handler(nil)
		for i, handler := range logHandlers {
			all = append(all, handler.make(&logs[i]))
		}
		k.configure(func(config *Config) { config.Logger = slog.New(slog.NewMultiHandler(all...)) })
		k.serve("/panic/{reason...}", answering(func(r *Request) *Response { panic(r.Param("reason")) }))
		k.serve("/error/{reason...}", answering(func(r *Request) *Response { panic(errors.New(r.Param("reason"))) }))
		k.serve("/field/{reason...}", answering(func(r *Request) *Response { return r.Status(200).With(r.Param("reason"), "") }))
		for c := range 256 {
			text := "x" + string([]byte{byte(c)}) + `[31m\x1b[31m "`
			for _, octets := range []string{
				ask("GET", "/panic/"+url.PathEscape(text)), ask("GET", "/error/"+url.PathEscape(text)), ask("GET", "/field/"+url.PathEscape(text)),
				"GET /" + text + " HTTP/1.1\r\nHost: a\r\n\r\n", ask(text, "/"), "GET /?" + text + " HTTP/1.1\r\nHost: a\r\n\r\n",
				"GET / HTTP/1.1\r\n" + text + ": b\r\n\r\n\r\n", "GET / HTTP/1.1\r\nHost: " + text + "\r\n\r\n\r\n", text + "\r\n\r\n\r\n",
			} {
				peer := k.dial()
				peer.send(octets)
				peer.end()
				peer.conn.Close()
				k.wait(limitWindow) // so that each has its lines
			}
		}
		for i, handler := range logHandlers {
			log := logs[i].String()
			for line := range strings.Lines(log) {
				wantPrintable(t, line, handler.colour)
			}
			if n := strings.Count(log, "request rejected"); n < 1000 {
				t.Errorf("%s: %d requests were rejected, want more: this has to try something", handler.name, n)
			}
		}
	})
}

// The error of a Shutdown names actors, and their names may come from outside.
func TestAnUnfinishedErrorIsPrintable(t *testing.T) {
	err := &UnfinishedError{Actors: []string{"router/\x1b[31m", `\`}, cause: io.EOF}
	if got, want := err.Error(), `router/\x1B[31m, \x5C`; !strings.Contains(got, want) {
		t.Errorf("got %q, want %q in it", got, want)
	}
}
