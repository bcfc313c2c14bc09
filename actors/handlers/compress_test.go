package handlers_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/klauspost/compress/zstd"
	"github.com/troupe-go/troupe/actors"
	"github.com/troupe-go/troupe/actors/handlers"
)

// expand returns the content of a response without its coding.
func expand(t *testing.T, r *actors.Response) string {
	t.Helper()
	var reader io.Reader = bytes.NewReader(r.Body)
	var err error
	switch coding := r.Fields.Get("Content-Encoding"); coding {
	case "gzip":
		reader, err = gzip.NewReader(reader)
	case "zstd":
		reader, err = zstd.NewReader(reader)
	case "":
	default:
		t.Fatal(coding)
	}
	if err != nil {
		t.Fatal(err)
	}
	content, err := io.ReadAll(reader)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

func TestCompress(t *testing.T) {
	text := strings.Repeat("some text that repeats itself ", 100)
	large := strings.Repeat(text, 100)
	server := newServer(t)
	for path, respond := range map[string]func(*actors.Request) *actors.Response{
		"text": func(r *actors.Request) *actors.Response { return r.Text(200, text).With("ETag", `"a"`) },
		"json": func(r *actors.Request) *actors.Response { return r.JSON(200, text) },
		"problem": func(r *actors.Request) *actors.Response {
			return r.Bytes(404, "application/problem+json", []byte(text))
		},
		"large": func(r *actors.Request) *actors.Response { return r.Text(200, large) },
		"stream": func(r *actors.Request) *actors.Response {
			return r.Stream(200, actors.Fields{{Name: "Content-Type", Value: "Text/Plain"}}, handlers.Reader(strings.NewReader(large)))
		},
		"reader": func(r *actors.Request) *actors.Response {
			return r.StreamFrom(200, actors.Fields{{Name: "content-type", Value: "text/css"}}, strings.NewReader(large), int64(len(large)))
		},
		"small":   func(r *actors.Request) *actors.Response { return r.Text(200, text[:1023]) },
		"image":   func(r *actors.Request) *actors.Response { return r.Bytes(200, "image/png", []byte(text)) },
		"untyped": func(r *actors.Request) *actors.Response { return r.Bytes(200, "", []byte(text)) },
		"encoded": func(r *actors.Request) *actors.Response {
			return r.Text(200, text).With("Content-Encoding", "identity")
		},
		"part": func(r *actors.Request) *actors.Response {
			return r.Text(206, text).With("Content-Range", "bytes 0-1/3")
		},
		"digested": func(r *actors.Request) *actors.Response { return r.Text(200, text).With("Content-Digest", "x=:eA==:") },
		"as it is": func(r *actors.Request) *actors.Response {
			return r.Text(200, text).With("Cache-Control", "private, No-Transform")
		},
		"events":    func(r *actors.Request) *actors.Response { return r.Bytes(200, "text/event-stream", []byte(text)) },
		"unchanged": func(r *actors.Request) *actors.Response { return r.Status(304) },
	} {
		server.Handle("GET /"+strings.ReplaceAll(path, " ", "-"), actors.Func(respond), handlers.Compress(handlers.CompressOptions{}))
	}
	for path, want := range map[string]string{
		"/text": text, "/json": `"` + text + `"`, "/problem": text, "/large": large, "/stream": large, "/reader": large,
	} {
		for accept, coding := range map[string]string{"gzip, deflate, br, zstd": "zstd", "gzip": "gzip", "br": "", "": "", "zstd;q=0.1, gzip": "gzip", "*": "zstd", "gzip;q=0": ""} {
			r := call(t, server, actors.NewRequest("GET", path, nil).With("Accept-Encoding", accept))
			if got := expand(t, r); r.Fields.Get("Content-Encoding") != coding || got != want || r.Fields.Get("Vary") != "Accept-Encoding" {
				t.Errorf("%s for %q: %v, %d octets", path, accept, r.Fields, len(got))
			}
			if tag := r.Fields.Get("ETag"); path == "/text" && (tag == `W/"a"`) != (coding != "") {
				t.Errorf("%s for %q: %s", path, accept, tag)
			}
			if coding != "" && len(r.Body) > len(want)/5 {
				t.Errorf("%s for %q: %d octets of %d", path, accept, len(r.Body), len(want))
			}
		}
	}
	for _, path := range []string{"/small", "/image", "/untyped", "/encoded", "/part", "/digested", "/as-it-is", "/events", "/unchanged"} {
		r := call(t, server, actors.NewRequest("GET", path, nil).With("Accept-Encoding", "gzip"))
		marked := path == "/part" || path == "/unchanged" // they stand for others
		if coding := r.Fields.Get("Content-Encoding"); coding != "" && coding != "identity" || r.Fields.Has("Vary") != marked {
			t.Errorf("%s: %v", path, r.Fields)
		}
	}
}

// Pooled encoders are used again, and a bounded number of them is in use.
func TestCompressManyAtOnce(t *testing.T) {
	server := newServer(t)
	goOn := make(chan bool)
	server.Handle("GET /{n}", actors.Func(func(r *actors.Request) *actors.Response {
		return r.Text(200, strings.Repeat(r.Param("n")+" ", 1000))
	}), handlers.Compress(handlers.CompressOptions{}))
	server.Handle("GET /long/{n}", actors.Func(func(r *actors.Request) *actors.Response {
		return r.Stream(200, actors.Fields{{Name: "Content-Type", Value: "text/plain"}}, actor.PropsFromFunc(func(ctx actor.Context) {
			if ask, is := ctx.Message().(*actors.ReadBody); is {
				<-goOn
				piece := ask.Data([]byte(r.Param("n")))
				piece.End = true
				ctx.Respond(piece)
			}
		}))
	}), handlers.Compress(handlers.CompressOptions{Streams: 2}))
	var all sync.WaitGroup
	for n := range 100 {
		all.Go(func() {
			coding := []string{"gzip", "zstd"}[n%2]
			r, err := server.Do(context.Background(), actors.NewRequest("GET", fmt.Sprint("/", n), nil).With("Accept-Encoding", coding))
			if err != nil {
				t.Error(err)
				return
			}
			if got := expand(t, r); got != strings.Repeat(fmt.Sprint(n, " "), 1000) || r.Fields.Get("Content-Encoding") != coding {
				t.Errorf("%d: %.50q", n, got)
			}
		})
	}
	all.Wait()
	close(goOn)
	for n := range 5 { // one after another: each has ended before the next
		if r := call(t, server, actors.NewRequest("GET", fmt.Sprint("/long/", n), nil).With("Accept-Encoding", "gzip")); r.Fields.Get("Content-Encoding") != "gzip" || expand(t, r) != fmt.Sprint(n) {
			t.Error(r.Fields)
		}
	}
}
