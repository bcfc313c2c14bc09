package nethttp_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/troupe-go/troupe/actors"
)

// httputil.ReverseProxy breaks off only if the context tells of a server: chunked content would seem complete.
func TestAProxyBreaksOffWhenItsBackEndDoes(t *testing.T) {
	behind := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, "some")
		w.(http.Flusher).Flush()
		panic(http.ErrAbortHandler)
	}))
	defer behind.Close()
	target, _ := url.Parse(behind.URL)
	proxy := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(target) }, ErrorLog: quiet}
	s := serve(t, proxy.ServeHTTP)
	if _, content, err := s.do(t, "GET", "/", nil); !errors.Is(err, io.ErrUnexpectedEOF) || content != "some" {
		t.Errorf("%q %v", content, err)
	}
	if log := s.log.String(); strings.Contains(log, "crash") {
		t.Error(log)
	}
}

// A handler that wrote nothing to HEAD may have left the content out: its length is not 0 (RFC 9110 §8.6).
func TestHeadOfContentOfUnknownLength(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/small":
			io.WriteString(w, "small")
		case "/announced":
			w.Header().Set("Content-Length", "1000000")
		case "/empty":
			w.Header().Set("Content-Length", "0")
		case "/flushed":
			w.(http.Flusher).Flush()
			io.WriteString(w, "more")
		case "/reset":
			w.WriteHeader(205)
		case "/large":
			io.Copy(w, io.LimitReader(zeros{}, 1e6))
		}
	})
	for path, want := range map[string]string{"/nothing": "200 []", "/small": "200 [5]", "/announced": "200 [1000000]", "/empty": "200 [0]",
		"/flushed": "200 []", "/reset": "205 [0]", "/large": "200 []"} {
		response, _, err := s.do(t, "HEAD", path, nil)
		if err != nil {
			t.Fatal(path, err)
		}
		if got := fmt.Sprint(response.StatusCode, " ", response.Header["Content-Length"]); got != want {
			t.Errorf("%s: got %s, want %s", path, got, want)
		}
	}
}

func TestAResetHasNoContent(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(205)
		if _, err := io.WriteString(w, "x"); err != http.ErrBodyNotAllowed {
			t.Error(err)
		}
		w.(http.Flusher).Flush()
	})
	if response, content, err := s.do(t, "GET", "/", nil); err != nil || response.StatusCode != 205 || content != "" {
		t.Error(response, content, err)
	}
}

func TestFilesOfMultipartFormsAreRemoved(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if err := r.ParseMultipartForm(10); err != nil {
			t.Error(err)
		}
		if files, _ := os.ReadDir(os.TempDir()); len(files) != 1 {
			t.Error("this test needs a file:", files)
		}
		if r.URL.Path == "/panic" {
			panic(http.ErrAbortHandler)
		}
	}, actors.StreamBody())
	for _, path := range []string{"/", "/panic"} {
		var form bytes.Buffer
		to := multipart.NewWriter(&form)
		part, _ := to.CreateFormFile("f", "a.bin")
		part.Write(make([]byte, 12<<20))
		to.Close()
		s.do(t, "POST", path, &form, "Content-Type", to.FormDataContentType())
		if files, _ := os.ReadDir(os.TempDir()); len(files) != 0 {
			t.Error(path, "leaves", files)
		}
	}
}

// http.Transport may still read the content of what httputil.ReverseProxy has answered.
func TestContentIsClosedWhileItIsRead(t *testing.T) {
	read, goOn := make(chan error, 1), make(chan bool, 1)
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		go func() {
			_, err := io.ReadAll(r.Body)
			read <- err
		}()
		time.Sleep(20 * time.Millisecond)
		if r.URL.Path == "/close" {
			r.Body.Close()
			<-goOn
		}
	}, actors.StreamBody())
	for _, path := range []string{"/close", "/return"} {
		conn := s.dial(t)
		fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nsome", path)
		select {
		case err := <-read:
			if err != http.ErrBodyReadAfterClose {
				t.Error(path, err)
			}
		case <-time.After(5 * time.Second):
			t.Error(path, "the reader waits for ever")
		}
		goOn <- true
	}
}

// As on a net.Conn, a deadline may be set while another goroutine waits.
func TestDeadlinesEndWhatWaits(t *testing.T) {
	failed := make(chan error, 1)
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		c := http.NewResponseController(w)
		if r.URL.Path == "/read" {
			time.AfterFunc(20*time.Millisecond, func() { c.SetReadDeadline(time.Now()) })
			_, err := io.ReadAll(r.Body)
			failed <- err
			return
		}
		time.AfterFunc(20*time.Millisecond, func() { c.SetWriteDeadline(time.Now()) })
		_, err := io.Copy(w, zeros{})
		failed <- err
	}, actors.StreamBody())
	for _, path := range []string{"/read", "/write"} {
		conn := s.dial(t)
		fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nsome", path)
		select {
		case err := <-failed:
			if !errors.Is(err, os.ErrDeadlineExceeded) {
				t.Error(path, err)
			}
		case <-time.After(5 * time.Second):
			t.Error(path, "waits for ever")
		}
		if path == "/write" { // content that cannot be completed does not stay open
			if _, err := io.Copy(io.Discard, conn); err != nil && !errors.Is(err, net.ErrClosed) && !strings.Contains(err.Error(), "reset") {
				t.Error(err)
			}
		}
	}
}

// A goroutine that outlives ServeHTTP spoils neither its response nor the next one.
func TestWritesAfterTheHandlerHasReturned(t *testing.T) {
	type late struct {
		w http.ResponseWriter
		r *http.Request
	}
	kept := make(chan late, 1)
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/first" {
			io.WriteString(w, "first")
			if r.URL.RawQuery == "flush" {
				w.(http.Flusher).Flush()
			}
			kept <- late{w, r}
			return
		}
		before := <-kept
		before.w.WriteHeader(103)
		before.w.WriteHeader(500)
		_, err := io.WriteString(before.w, "late")
		_, errRead := before.r.Body.Read(make([]byte, 1))
		_, errCopy := io.Copy(before.w, strings.NewReader("late"))
		errFlush := http.NewResponseController(before.w).Flush()
		fmt.Fprint(w, err != nil, errRead, errCopy != nil, errFlush != nil, before.r.Context().Err())
	}, actors.StreamBody())
	for _, query := range []string{"", "?flush"} {
		conn := s.dial(t)
		fmt.Fprintf(conn, "POST /first%s HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nsomeGET /second HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", query)
		text, err := io.ReadAll(conn)
		if err != nil || !strings.Contains(string(text), "first") || strings.Contains(string(text), "late") || strings.Contains(string(text), " 103 ") ||
			!strings.HasSuffix(string(text), "true http: invalid Read on closed Body true true context canceled") {
			t.Errorf("%q %v", text, err)
		}
	}
}

func TestTheRequestIsAsTheClientSentIt(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-B", "caf\xe9 \x01")
		fmt.Fprintf(w, "%q %q %v %v %v\n", r.URL, r.RequestURI, r.Close, r.Header["X-A"], r.Header["Cache-Control"])
	})
	for request, want := range map[string]string{
		"GET http://o.example/a?b HTTP/1.1\r\nHost: o.example": `"http://o.example/a?b" "http://o.example/a?b" false [] []`,
		"GET /a HTTP/1.0\r\nConnection: keep-alive":            `"/a" "/a" false [] []`,
		"GET /a HTTP/1.0": `"/a" "/a" true [] []`,
		"GET /a HTTP/1.1\r\nHost: h\r\nPragma: no-cache":          `"/a" "/a" false [] [no-cache]`,
		"GET /a HTTP/1.1\r\nHost: h\r\nX-A: caf\xe9":              `"/a" "/a" false [caf` + "\xe9" + `] []`,
		"GET /a:b://c HTTP/1.1\r\nHost: h\r\nConnection: X,close": `"/a:b://c" "/a:b://c" true [] []`,
	} {
		conn := s.dial(t)
		fmt.Fprint(conn, request+"\r\n\r\n")
		text := make([]byte, 1000)
		n, err := conn.Read(text)
		if got := string(text[:n]); !strings.HasSuffix(got, want+"\n") || !strings.Contains(got, "X-B: caf\xe9\r\n") {
			t.Errorf("%q:\ngot  %q %v\nwant %q", request, got, err, want)
		}
	}
}
