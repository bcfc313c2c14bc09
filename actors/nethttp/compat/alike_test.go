package compat_test

import (
	"context"
	"fmt"
	"log/slog"
	"mime"
	"net/http"
	"os"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/troupe-go/troupe/actors"
)

// An exchange is a request whose response is compared.
type exchange struct {
	method, path, content string
	fields                []string
}

func get(path string, fields ...string) exchange { return exchange{"GET", path, "", fields} }

func head(path string, fields ...string) exchange { return exchange{"HEAD", path, "", fields} }

func post(path, content string, fields ...string) exchange {
	return exchange{"POST", path, content, fields}
}

// alike wants clients of both servers to see the same: status, fields, content, trailers. It leaves out what each server
// decides for itself: the time, how long a connection may idle, and whether content of unknown length is chunked. The
// fields in random differ by their nature; they have to be there.
func alike(t *testing.T, handler func() http.Handler, random []string, exchanges ...exchange) {
	t.Run("alike", func(t *testing.T) {
		wantNoGoroutinesLeft(t)
		ours, theirs := onTroupe(t, handler()), onNetHTTP(t, handler())
		for _, e := range exchanges {
			got, want := ours.look(e, random), theirs.look(e, random)
			if e.method == "HEAD" && !strings.Contains(want, "Content-Length") { // ours tells it of more content
				got = contentLength.ReplaceAllString(got, "")
			}
			if got != want {
				t.Errorf("%s %s %q:\ngot  %.1000q\nwant %.1000q", e.method, e.path, e.fields, got, want)
			}
		}
	})
}

var contentLength = regexp.MustCompile(`Content-Length:\[[1-9]\d*\] `)

// look returns all that a client sees, in one text.
func (s *site) look(e exchange, random []string) string {
	response, content, err := s.try(e.method, e.path, e.content, e.fields...)
	if response == nil {
		return fmt.Sprint("no response: ", err != nil)
	}
	h := response.Header
	for _, name := range []string{"Keep-Alive", "Connection"} {
		h.Del(name)
	}
	if response.ContentLength < 0 || e.method != "HEAD" {
		h.Del("Content-Length")
	}
	for _, name := range append(random, "Date") {
		if h.Get(name) != "" {
			h.Set(name, "given")
		}
	}
	if media, params, _ := mime.ParseMediaType(h.Get("Content-Type")); media == "multipart/byteranges" {
		h.Set("Content-Type", media)
		content = strings.ReplaceAll(content, params["boundary"], "boundary")
	}
	return strings.ReplaceAll(fmt.Sprintf("%d %v %v close=%v err=%v\n%s", response.StatusCode, h, response.Trailer, response.Close, err, content),
		strings.TrimPrefix(s.url, "http://"), "host")
}

// wantNoGoroutinesLeft wants the goroutines to be as many as before, when the test and its servers have ended.
func wantNoGoroutinesLeft(t *testing.T) {
	before := runtime.NumGoroutine()
	t.Cleanup(func() {
		for giveUp := time.Now().Add(5 * time.Second); runtime.NumGoroutine() > before; time.Sleep(time.Millisecond) {
			if time.Now().After(giveUp) {
				stacks := make([]byte, 1<<20)
				t.Fatalf("%d goroutines became %d:\n%s", before, runtime.NumGoroutine(), stacks[:runtime.Stack(stacks, true)])
			}
		}
	})
}

// TestMain starts what lives as long as the process, so that the tests can count goroutines.
func TestMain(m *testing.M) {
	server := actors.NewServer(actors.Config{Logger: slog.New(slog.DiscardHandler)})
	on, err := actors.Listen("127.0.0.1:0")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	wait, err := server.Start(on)
	if err == nil {
		server.Shutdown(context.Background())
		wait()
	}
	os.Exit(m.Run())
}

// eventually waits for something.
func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	for giveUp := time.Now().Add(10 * time.Second); !is(); time.Sleep(time.Millisecond) {
		if time.Now().After(giveUp) {
			t.Fatalf("waited too long: %s", what)
		}
	}
}
