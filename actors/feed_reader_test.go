package actors

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
)

// A closing reader notes that it was closed.
type closingReader struct {
	io.Reader
	closed int
}

func (c *closingReader) Close() error { c.closed++; return nil }

func TestContentOfAReader(t *testing.T) {
	long := strings.Repeat("0123456789", 20_000)
	for name, test := range map[string]struct {
		from   io.Reader
		length int64
		want   string // of a client; "" if the content breaks off
	}{
		"of known length":              {strings.NewReader(long), 200_000, long},
		"a part":                       {strings.NewReader(long), 70_000, long[:70_000]},
		"all":                          {strings.NewReader(long), -1, long},
		"in small pieces":              {iotest.OneByteReader(strings.NewReader("hello")), 5, "hello"},
		"with its end":                 {iotest.DataErrReader(strings.NewReader("hello")), -1, "hello"},
		"nothing":                      {strings.NewReader(""), 0, ""},
		"too short":                    {strings.NewReader("hello"), 6, "broken"},
		"fails":                        {io.MultiReader(strings.NewReader("hello"), iotest.ErrReader(errors.New("it is broken"))), -1, "broken"},
		"fails at its end":             {io.MultiReader(strings.NewReader("hello"), iotest.ErrReader(errors.New("it is broken"))), 5, "hello"},
		"fails when it ought to go on": {io.MultiReader(strings.NewReader("hello"), iotest.ErrReader(errors.New("it is broken"))), 6, "broken"},
	} {
		bubble(t, func(k *kit) {
			from := &closingReader{Reader: test.from}
			k.serve("/", answering(func(r *Request) *Response { return r.StreamFrom(200, nil, from, test.length) }))
			k.peer.send(ask("GET", "/"))
			if test.want == "broken" {
				k.wait(0)
				k.peer.mu.Lock()
				if !errors.Is(k.peer.err, io.EOF) || strings.HasSuffix(string(k.peer.in), "0\r\n\r\n") {
					t.Errorf("%s: %q %v", name, k.peer.in, k.peer.err)
				}
				k.peer.mu.Unlock()
			} else {
				got := k.peer.want(name, "HTTP/1.1 200")
				if test.length >= 0 && !strings.HasSuffix(got, "\r\n\r\n"+test.want) {
					t.Errorf("%s: %.200q", name, got)
				}
				if _, content, _ := strings.Cut(got, "\r\n\r\n"); test.length < 0 && dechunked(content) != test.want {
					t.Errorf("%s: %.200q", name, got)
				}
			}
			if from.closed != 1 {
				t.Errorf("%s: closed %d times", name, from.closed)
			}
		})
	}
	bubble(t, func(k *kit) {
		k.start()
		var all []*closingReader
		k.serve("/", answering(func(r *Request) *Response {
			from := &closingReader{Reader: strings.NewReader("hello")}
			all = append(all, from)
			return r.StreamFrom(200, nil, from, 5)
		}))
		k.serve("/replaced", answering(func(r *Request) *Response {
			from := &closingReader{Reader: strings.NewReader("hello")}
			all = append(all, from)
			return r.StreamFrom(200, nil, from, 5)
		}), After(func(r *Request, response *Response) { *response = *r.Text(403, "no") }))
		if got := k.do(NewRequest("GET", "/", nil)); got != "200 hello" {
			t.Error(got)
		}
		k.do(NewRequest("HEAD", "/", nil))
		k.do(NewRequest("GET", "/replaced", nil))
		k.peer.send(ask("HEAD", "/"))
		k.peer.wantHead("a head", "HTTP/1.1 200", "\r\nContent-Length: 5\r\n")
		for i, from := range all {
			if from.closed != 1 {
				t.Errorf("%d was closed %d times", i, from.closed)
			}
		}
	})
}

// dechunked is content without its chunks.
func dechunked(content string) string {
	var text strings.Builder
	for {
		size, rest, _ := strings.Cut(content, "\r\n")
		var n int
		if fmt.Sscanf(size, "%x", &n); n == 0 {
			return text.String()
		}
		text.WriteString(rest[:n])
		content = rest[n+2:]
	}
}

// A file is sent by the kernel, over TCP; one that shrinks, or is no file of a disk, is dealt with.
func TestFilesAreSent(t *testing.T) {
	for name, serve := range waysToServe(t) {
		t.Run(name, func(t *testing.T) { sendFiles(t, serve) })
	}
}

func sendFiles(t *testing.T, serve func(*Server, net.Listener) error) {
	server := NewServer(Config{Logger: slog.New(slog.DiscardHandler)})
	address := overTCP(t, server, serve)
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}}
	defer client.CloseIdleConnections()
	get := func(path string) (string, error) {
		response, err := client.Get("http://" + address + path)
		if t.Name() == "TestFilesAreSent/TLS" {
			response, err = client.Get("https://" + address + path)
		}
		if err != nil {
			return "", err
		}
		defer response.Body.Close()
		content, err := io.ReadAll(response.Body)
		return string(content), err
	}
	large := filepath.Join(t.TempDir(), "large")
	content := []byte(strings.Repeat("0123456789", 300_000))
	if err := os.WriteFile(large, content, 0o600); err != nil {
		t.Fatal(err)
	}
	open := func(r *Request, skip int64, length int64) *Response {
		file, err := os.Open(large)
		if err != nil {
			return r.Fail(err)
		}
		file.Seek(skip, io.SeekStart)
		return r.StreamFrom(200, nil, file, length)
	}
	server.Handle("GET /whole", Func(func(r *Request) *Response { return open(r, 0, int64(len(content))) }))
	server.Handle("GET /part", Func(func(r *Request) *Response { return open(r, 7, 1_000_000) }))
	server.Handle("GET /longer", Func(func(r *Request) *Response { return open(r, 0, int64(len(content))+1) }))
	server.Handle("GET /chunked", Func(func(r *Request) *Response { return open(r, 0, -1) }))
	server.Handle("GET /pipe", Func(func(r *Request) *Response {
		from, to, err := os.Pipe()
		if err != nil {
			return r.Fail(err)
		}
		go func() { io.WriteString(to, "through a pipe"); to.Close() }()
		return r.StreamFrom(200, nil, from, 14)
	}))
	for path, want := range map[string]string{
		"/whole": string(content), "/part": string(content[7:1_000_007]), "/chunked": string(content), "/pipe": "through a pipe", "/longer": "broken",
	} {
		for range 2 {
			got, err := get(path)
			if want == "broken" {
				if err == nil {
					t.Errorf("%s: no error, %d octets", path, len(got))
				}
			} else if got != want || err != nil {
				t.Errorf("%s: %d octets, want %d: %v", path, len(got), len(want), err)
			}
		}
	}
	response, err := server.Do(context.Background(), NewRequest("GET", "/whole", nil))
	if err != nil || string(response.Body) != string(content) {
		t.Error(err)
	}
}
