package nethttp_test

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"net/textproto"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/troupe-go/troupe/actors"
	"github.com/troupe-go/troupe/actors/nethttp"
)

// Each handler is served by net/http and by us, and clients must see the same.
func TestClientsSeeWhatTheyWouldSeeOfNetHTTP(t *testing.T) {
	large := strings.Repeat("0123456789", 10_000)
	for name, h := range map[string]http.HandlerFunc{
		"nothing": func(http.ResponseWriter, *http.Request) {},
		"text":    func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "hello") },
		"html":    func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "<!DOCTYPE html><p>hello") },
		"encoded": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			io.WriteString(w, "zzz")
		},
		"no type": func(w http.ResponseWriter, r *http.Request) {
			w.Header()["Content-Type"] = nil
			io.WriteString(w, "hello")
		},
		"a status": func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(410)
			w.WriteHeader(200)
			io.WriteString(w, "tea")
		},
		"no content": func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(204)
			_, err := io.WriteString(w, "x")
			check(err == http.ErrBodyNotAllowed)
		},
		"not modified":      func(w http.ResponseWriter, r *http.Request) { w.Header().Set("Etag", `"a"`); w.WriteHeader(304) },
		"header afterwards": func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(200); w.Header().Set("X-Late", "x") },
		"line breaks": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("X-A", "a\r\nX-B: b\tc")
			w.Header()["bad name"] = []string{"x"}
		},
		"several values": func(w http.ResponseWriter, r *http.Request) {
			w.Header()["X-A"] = []string{"1", "2"}
			http.SetCookie(w, &http.Cookie{Name: "a", Value: "b"})
		},
		"a length": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", "5")
			io.WriteString(w, "hello")
		},
		"too much": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", "5")
			io.WriteString(w, "hello")
			_, err := io.WriteString(w, "x")
			check(err == http.ErrContentLength)
		},
		"too little": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", "6")
			io.WriteString(w, "hello")
		},
		"large": func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, large) },
		"large, announced": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", "100000")
			io.WriteString(w, large)
		},
		"large, copied": func(w http.ResponseWriter, r *http.Request) {
			n, err := io.Copy(w, strings.NewReader(large))
			check(n == 100000 && err == nil)
		},
		"large, in bits": func(w http.ResponseWriter, r *http.Request) {
			for piece := range slices.Chunk([]byte(large), 77) {
				w.Write(piece)
			}
		},
		"flushed": func(w http.ResponseWriter, r *http.Request) {
			io.WriteString(w, "a")
			w.(http.Flusher).Flush()
			io.WriteString(w, "b")
		},
		"flushed first": func(w http.ResponseWriter, r *http.Request) { w.(http.Flusher).Flush() },
		"closes": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Connection", "close")
			io.WriteString(w, "bye")
		},
		"trailers": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Trailer", "X-T, X-U")
			io.WriteString(w, "a")
			w.Header().Set("X-T", "t")
			w.Header().Set(http.TrailerPrefix+"X-V", "v")
		},
		"late trailers": func(w http.ResponseWriter, r *http.Request) {
			w.(http.Flusher).Flush()
			w.Header().Set(http.TrailerPrefix+"X-V", "v")
		},
		"a date of its own": func(w http.ResponseWriter, r *http.Request) { w.Header().Set("Date", "Mon, 01 Jan 2001 00:00:00 GMT") },
		"panic":             func(w http.ResponseWriter, r *http.Request) { panic(http.ErrAbortHandler) },
		"redirect": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "../elsewhere?x=y", http.StatusFound)
		},
		"not found": http.NotFound,
		"content": func(w http.ResponseWriter, r *http.Request) {
			http.ServeContent(w, r, "a.txt", time.Unix(1e9, 0), strings.NewReader(large))
		},
		"the request": echo,
		"the request of a mux": func(w http.ResponseWriter, r *http.Request) {
			mux := http.NewServeMux()
			mux.HandleFunc("/item/{id}/{rest...}", echo)
			mux.Handle("/", http.StripPrefix("/a", http.HandlerFunc(echo)))
			mux.ServeHTTP(w, r)
		},
	} {
		t.Run(name, func(t *testing.T) {
			theirs := httptest.NewServer(h)
			theirs.Config.ErrorLog = nil
			defer theirs.Close()
			ours := serve(t, h, actors.StreamBody())
			for _, request := range []struct {
				method, path, body string
				fields             []string
			}{
				{"GET", "/", "", nil},
				{"HEAD", "/", "", nil},
				{"GET", "/item/7/a%2Fb/c%20d?q=1;r&s", "", []string{"x-a", "1", "X-A", "2", "Cookie", "a=b"}},
				{"GET", "/a/b%2fc", "", []string{"Range", "bytes=1-2,5-6", "If-None-Match", `"a"`}},
				{"POST", "/up", "some content", nil},
			} {
				want := look(t, &site{url: theirs.URL}, request.method, request.path, request.body, request.fields)
				if got := look(t, ours, request.method, request.path, request.body, request.fields); got != want {
					t.Errorf("%s %s:\ngot  %.500q\nwant %.500q", request.method, request.path, got, want)
				}
			}
		})
	}
}

func check(ok bool) {
	if !ok {
		panic("not so")
	}
}

// echo writes what the handler sees of its request.
func echo(w http.ResponseWriter, r *http.Request) {
	content, err := io.ReadAll(r.Body)
	header := r.Header.Clone()
	fmt.Fprintf(w, "%s %q %q %q %s %v %v\n", r.Method, r.RequestURI, r.URL, r.URL.RawPath, r.Proto, r.Close, r.ContentLength)
	fmt.Fprintf(w, "%v %q %v %v %q %v %v\n", header, r.PathValue("rest"), r.TransferEncoding, r.Trailer, content, err, r.TLS)
}

// look returns all that a client sees, in one text.
func look(t *testing.T, s *site, method, path, body string, fields []string) string {
	t.Helper()
	var content io.Reader
	if body != "" {
		content = strings.NewReader(body)
	}
	response, got, err := s.do(t, method, path, content, fields...)
	if response == nil {
		return "no response"
	}
	var text bytes.Buffer
	h := response.Header
	for _, name := range []string{"Keep-Alive", "Connection"} { // ours says how long it waits
		h.Del(name)
	}
	if date, err := http.ParseTime(h.Get("Date")); err == nil && time.Since(date) < time.Hour {
		h.Set("Date", "now")
	}
	if strings.HasPrefix(h.Get("Content-Type"), "multipart/byteranges") {
		_, boundary, _ := strings.Cut(h.Get("Content-Type"), "boundary=")
		h.Set("Content-Type", "multipart")
		got = strings.ReplaceAll(got, boundary, "boundary")
	}
	if len(response.TransferEncoding) > 0 || h.Get("Content-Length") != "" {
		// net/http holds less back before it uses chunks: both are right
		response.TransferEncoding = nil
		h.Del("Content-Length")
	}
	fmt.Fprintf(&text, "%s %v %v close=%v err=%v\n%s", response.Status, h, response.Trailer, response.Close, err, strings.ReplaceAll(got, s.url, "url"))
	return text.String()
}

func TestACrashOfAHandlerIsAnswered(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/first":
			panic("asked to")
		case "/flushed":
			io.WriteString(w, "some")
			w.(http.Flusher).Flush()
			panic("asked to, later")
		case "/exit":
			runtime.Goexit()
		case "/abort":
			panic(http.ErrAbortHandler)
		}
		io.WriteString(w, "fine")
	})
	for path, want := range map[string]string{"/first": "500", "/exit": "500", "/fine": "200 fine"} {
		response, content, err := s.do(t, "GET", path, nil)
		if err != nil || !strings.HasPrefix(fmt.Sprint(response.StatusCode, " ", content), want) {
			t.Errorf("%s: %v %q %v", path, response, content, err)
		}
	}
	if _, content, err := s.do(t, "GET", "/flushed", nil); !errors.Is(err, io.ErrUnexpectedEOF) || content != "some" {
		t.Errorf("a response that has begun is not broken off: %q %v", content, err)
	}
	if _, _, err := s.do(t, "GET", "/abort", nil); !errors.Is(err, io.EOF) {
		t.Errorf("http.ErrAbortHandler: %v", err)
	}
	// The client sees the end of a response before the log has the line of the crash.
	for giveUp := time.Now().Add(5 * time.Second); strings.Count(s.log.String(), "msg=crashed") < 3 && time.Now().Before(giveUp); {
		time.Sleep(time.Millisecond)
	}
	if log := s.log.String(); strings.Count(log, "level=ERROR msg=crashed") != 3 || !strings.Contains(log, "handler_test.go") ||
		!strings.Contains(log, "asked to, later") || strings.Contains(log, "abort Handler\\nstack") {
		t.Error(log)
	}
}

func TestWildcardsOfThePatternArePathValues(t *testing.T) {
	s := serve(t, echo)
	s.server.Handle("GET /item/{id}/{rest...}", nethttp.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "%q %q %q", r.Pattern, r.PathValue("id"), r.PathValue("rest"))
	})))
	if _, content, err := s.do(t, "GET", "/item/7/a%2Fb/c%20d?q", nil); content != `"GET /item/{id}/{rest...}" "7" "a/b/c d"` {
		t.Error(content, err)
	}
}

func TestInterimResponsesAndTrailersOfRequests(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Link", "</a.css>; rel=preload")
		w.WriteHeader(103)
		w.Header().Del("Link")
		content, err := io.ReadAll(r.Body)
		fmt.Fprint(w, string(content), err, r.Trailer)
	}, actors.StreamBody())
	var hints []string
	request, _ := http.NewRequest("POST", s.url, io.MultiReader(strings.NewReader("abc"), strings.NewReader("def")))
	request.Trailer = http.Header{"X-T": {"t"}}
	request = request.WithContext(httptrace.WithClientTrace(request.Context(), &httptrace.ClientTrace{
		Got1xxResponse: func(code int, header textproto.MIMEHeader) error {
			hints = append(hints, fmt.Sprint(code, header.Get("Link")))
			return nil
		},
	}))
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	content, _ := io.ReadAll(response.Body)
	if string(content) != "abcdef<nil> map[X-T:[t]]" || !slices.Equal(hints, []string{"103</a.css>; rel=preload"}) || response.Header.Get("Link") != "" {
		t.Errorf("%q %q %v", content, hints, response.Header)
	}
}

// What http.ResponseController offers, apart from Hijack.
func TestResponseController(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		c := http.NewResponseController(w)
		if err := c.EnableFullDuplex(); err != nil {
			t.Error(err)
		}
		if err := c.Flush(); err != nil {
			t.Error(err)
		}
		if _, _, err := c.Hijack(); !errors.Is(err, http.ErrNotSupported) {
			t.Error("Hijack:", err)
		}
		c.SetReadDeadline(time.Now().Add(20 * time.Millisecond))
		if _, err := r.Body.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Error("a read after its deadline:", err)
		}
		c.SetReadDeadline(time.Time{})
		line, err := bufio.NewReader(r.Body).ReadString('\n')
		fmt.Fprint(w, "got ", line, err) // while the request goes on
		if err := c.Flush(); err != nil {
			t.Error(err)
		}
		c.SetWriteDeadline(time.Now().Add(-time.Second))
		fmt.Fprint(w, "x")
		if err := c.Flush(); !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Error("a write after its deadline:", err)
		}
		<-r.Context().Done()
	}, actors.StreamBody())
	conn, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(10 * time.Second))
	io.WriteString(conn, "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n")
	in := bufio.NewReader(conn)
	if line, err := in.ReadString('\n'); line != "HTTP/1.1 200 OK\r\n" {
		t.Fatal(line, err)
	}
	time.Sleep(50 * time.Millisecond)
	io.WriteString(conn, "6\r\nhello\n\r\n")
	for line := ""; !strings.HasPrefix(line, "got hello"); {
		if line, err = in.ReadString('\n'); err != nil {
			t.Fatal(err)
		}
	}
}

// When the client leaves, the context of the request ends, and writing fails.
func TestAClientThatLeaves(t *testing.T) {
	ended := make(chan error, 2)
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if notify, is := w.(interface{ CloseNotify() <-chan bool }); is && r.URL.Path == "/notify" {
			<-notify.CloseNotify()
			ended <- nil
			return
		}
		for {
			w.Write(make([]byte, 64<<10))
			if _, err := w.Write(nil); err != nil || w.(interface{ FlushError() error }).FlushError() != nil {
				ended <- r.Context().Err()
				return
			}
		}
	})
	for _, path := range []string{"/stream", "/notify"} {
		conn, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: h\r\n\r\n", path)
		time.Sleep(50 * time.Millisecond)
		conn.Close()
		select {
		case err := <-ended:
			if path == "/stream" && err == nil {
				t.Error("the context goes on")
			}
		case <-time.After(5 * time.Second):
			t.Errorf("%s: the handler does not notice", path)
		}
	}
}

func TestUploadsOfAnySize(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		n, err := io.Copy(io.Discard, r.Body)
		fmt.Fprint(w, n, err)
	}, actors.StreamBody())
	if _, content, err := s.do(t, "POST", "/", io.LimitReader(zeros{}, 20<<20)); content != "20971520 <nil>" {
		t.Error(content, err)
	}
}

type zeros struct{}

func (zeros) Read(into []byte) (int, error) { clear(into); return len(into), nil }

func TestMistakes(t *testing.T) {
	defer func() {
		if reason := fmt.Sprint(recover()); !strings.Contains(reason, "the handler is nil") {
			t.Error(reason)
		}
	}()
	nethttp.Handler(nil)
}
