package compat_test

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

// show tells what it sees of the request; its path says what it does with the content.
func show() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		read := "unread"
		switch {
		case strings.HasPrefix(r.URL.Path, "/read"):
			content, err := io.ReadAll(r.Body)
			read = fmt.Sprint(len(content), err)
		case strings.HasPrefix(r.URL.Path, "/flush"):
			io.WriteString(w, "first ")
			w.(http.Flusher).Flush()
		case strings.HasPrefix(r.URL.Path, "/panic"):
			io.WriteString(w, "first ")
			w.(http.Flusher).Flush()
			panic(http.ErrAbortHandler)
		}
		fmt.Fprintf(w, "%s %s %s host=%q %v close=%v %s", r.Method, r.URL, r.RequestURI, r.Host, r.Header, r.Close, read)
	})
}

// Clients that no library is: what they see over a whole connection is the same.
func TestConversations(t *testing.T) {
	wantNoGoroutinesLeft(t)
	ours, theirs := onTroupe(t, show()), onNetHTTP(t, show())
	const last = "GET /last HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"
	for name, octets := range map[string]string{
		"HTTP/1.0":                         "GET /a HTTP/1.0\r\n\r\n",
		"HTTP/1.0 with a host":             "GET /a HTTP/1.0\r\nHost: h\r\n\r\n",
		"HTTP/1.0 that persists":           "GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n" + last,
		"HTTP/1.0, flushed":                "GET /flush HTTP/1.0\r\n\r\n",
		"HTTP/1.0, HEAD":                   "HEAD /a HTTP/1.0\r\n\r\n",
		"HTTP/1.0, with content":           "POST /read HTTP/1.0\r\nContent-Length: 3\r\n\r\nabc",
		"pipelined":                        "GET /1 HTTP/1.1\r\nHost: h\r\n\r\nPOST /read HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabcGET /flush HTTP/1.1\r\nHost: h\r\n\r\nHEAD /flush HTTP/1.1\r\nHost: h\r\n\r\n" + last,
		"pipelined, content unread":        "POST /1 HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabcPOST /2 HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n" + last,
		"much content unread":              "POST /1 HTTP/1.1\r\nHost: h\r\nContent-Length: 100000\r\n\r\n" + strings.Repeat("x", 100_000) + last,
		"too much content unread":          "POST /1 HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000\r\n\r\n" + strings.Repeat("x", 1_000_000) + last,
		"chunked content":                  "POST /read HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n2\r\nde\r\n0\r\nX-T: t\r\n\r\n" + last,
		"100-continue, read":               "POST /read HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 3\r\nConnection: close\r\n\r\n",
		"100-continue, unread":             "POST /1 HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 300000\r\n\r\n",
		"a target with a host":             "GET http://other.example/a?b HTTP/1.1\r\nHost: other.example\r\n\r\n" + last,
		"a target with a host, upper case": "GET HTTP://other.example:80/a HTTP/1.1\r\nHost: other.example:80\r\n\r\n" + last,
		"no-cache":                         "GET / HTTP/1.1\r\nHost: h\r\nPragma: no-cache\r\n\r\n" + last,
		"Latin-1":                          "GET /a HTTP/1.1\r\nHost: h\r\nX-A: caf\xe9\r\n\r\n" + last,
		"a long value":                     "GET /a HTTP/1.1\r\nHost: h\r\nX-A: " + strings.Repeat("long", 1000) + "\r\n\r\n" + last,
		"a panic after Flush":              "GET /panic HTTP/1.1\r\nHost: h\r\n\r\n" + last,
		"HEAD, a panic after Flush":        "HEAD /panic HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n",
		"a query only":                     "GET /? HTTP/1.1\r\nHost: h\r\n\r\n" + last,
		"an unknown method":                "FETCH /a HTTP/1.1\r\nHost: h\r\n\r\n" + last,
	} {
		t.Run(name, func(t *testing.T) {
			got, want := ours.converse(t, octets), theirs.converse(t, octets)
			if got != want {
				t.Errorf("\ngot  %.1000q\nwant %.1000q", got, want)
			}
		})
	}
}

// converse sends octets, and returns what comes back until the server closes. It sends content when that is asked for.
func (s *site) converse(t *testing.T, octets string) (seen string) {
	conn := s.dial(t)
	defer conn.Close()
	go io.WriteString(conn, octets)
	in := bufio.NewReader(conn)
	method, _, _ := strings.Cut(octets, " ")
	for n := 0; ; n++ {
		if strings.Contains(octets, "HEAD /flush") { // the fourth of those that are pipelined
			method = []string{"GET", "POST", "GET", "HEAD", "GET", ""}[n]
		} else if n > 0 {
			method = "GET"
		}
		response, err := http.ReadResponse(in, &http.Request{Method: method})
		if err != nil {
			return seen + "end"
		}
		if response.StatusCode == 100 {
			seen += "100 "
			io.WriteString(conn, "abc")
			n--
			method = "POST"
			continue
		}
		content, err := io.ReadAll(response.Body)
		h := response.Header
		for _, name := range []string{"Date", "Keep-Alive", "Connection", "Content-Length"} {
			h.Del(name)
		}
		seen += fmt.Sprintf("%d %v close=%v %v %.700s\n", response.StatusCode, h, response.Close, err, content)
	}
}

// A client that leaves is noticed by a handler that waits, and by one that writes.
func TestClientsThatLeave(t *testing.T) {
	ended := make(chan error, 1)
	leaving := func() http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/wait" {
				<-r.Context().Done()
				_, err := w.Write(make([]byte, 1<<20))
				ended <- err
				return
			}
			for {
				if _, err := w.Write(make([]byte, 1<<20)); err != nil {
					ended <- err
					return
				}
			}
		})
	}
	each(t, leaving, func(t *testing.T, s *site) {
		for _, path := range []string{"/wait", "/write"} {
			conn := s.dial(t)
			fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: h\r\n\r\n", path)
			if path == "/write" {
				io.CopyN(io.Discard, conn, 1<<20)
			} else {
				time.Sleep(20 * time.Millisecond)
			}
			conn.Close()
			select {
			case err := <-ended:
				if err == nil && s.troupe {
					t.Errorf("%s: a write after the client left succeeds", path)
				}
			case <-time.After(10 * time.Second):
				t.Errorf("%s: the handler does not notice", path)
			}
		}
	})
}
