package compat_test

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"
)

// differences are what clients and handlers see otherwise than with net/http's server. The page has a row for each name,
// with the reason.
var differences = []struct {
	name, request string
	see           string // what is compared of the response: the first match
	ours, theirs  string
}{
	{"Version in the status line", "GET / HTTP/1.0\r\n\r\n", `^HTTP/1..`, "HTTP/1.1", "HTTP/1.0"},
	{"Reason phrase", "GET /teapot HTTP/1.1\r\nHost: h\r\n\r\n", `418.*`, "418 ", "418 I'm a teapot"},
	{"Content-Length of up to 32 KiB", "GET /medium HTTP/1.1\r\nHost: h\r\n\r\n", `(Content-Length|Transfer-Encoding): \w+`, "Content-Length: 10000", "Transfer-Encoding: chunked"},
	{"Keep-Alive", "GET / HTTP/1.1\r\nHost: h\r\n\r\n", `Keep-Alive: .*`, "Keep-Alive: timeout=5", ""},
	{"Connection", "GET /connection HTTP/1.1\r\nHost: h\r\n\r\n", `Connection: .*`, "Connection: keep-alive", "Connection: X-Own"},
	{"Control octets in field values", "GET /control HTTP/1.1\r\nHost: h\r\n\r\n", `X-Control: .*`, "X-Control: a b", "X-Control: a\x01b"},
	{"205 (Reset Content)", "GET /reset HTTP/1.1\r\nHost: h\r\n\r\n", `Content-Length: .*`, "Content-Length: 0", "Content-Length: 4"},
	{"Panic before the head", "GET /panic HTTP/1.1\r\nHost: h\r\n\r\n", `^HTTP/1.1 \d+`, "HTTP/1.1 500", ""},
	{"TRACE", "TRACE / HTTP/1.1\r\nHost: h\r\n\r\n", `^HTTP/1.1 \d+`, "HTTP/1.1 501", "HTTP/1.1 200"},
	{"Two framings", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", `^HTTP/1.1 \d+`, "HTTP/1.1 400", "HTTP/1.1 200"},
	{"Long heads", "GET / HTTP/1.1\r\nHost: h\r\nX-Long: " + strings.Repeat("x", 100_000) + "\r\n\r\n", `^HTTP/1.1 \d+`, "HTTP/1.1 431", "HTTP/1.1 200"},
	{"Dot segments", "GET /a/../b HTTP/1.1\r\nHost: h\r\n\r\n", `path=\S*`, "path=/b", "path=/a/../b"},
	{"Request.Pattern", "GET / HTTP/1.1\r\nHost: h\r\n\r\n", `pattern=\S*`, "pattern=/", "pattern="},
	{"http.MaxBytesReader", "POST /most HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\ntoo large", `Connection: .*`, "Connection: keep-alive", "Connection: close"},
	{"http.LocalAddrContextKey", "GET / HTTP/1.1\r\nHost: h\r\n\r\n", `local=\S*`, "local=false", "local=true"},
}

func different() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/teapot":
			w.WriteHeader(418)
		case "/medium":
			io.WriteString(w, strings.Repeat("medium ", 10_000)[:10_000])
			return
		case "/connection":
			w.Header().Set("Connection", "X-Own")
		case "/control":
			w.Header().Set("X-Control", "a\x01b")
		case "/reset":
			w.WriteHeader(205)
			io.WriteString(w, "more")
			return
		case "/panic":
			panic("asked to")
		case "/most":
			io.Copy(io.Discard, http.MaxBytesReader(w, r.Body, 1))
		}
		fmt.Fprintf(w, "path=%s pattern=%s local=%v ", r.URL.Path, r.Pattern, r.Context().Value(http.LocalAddrContextKey) != nil)
	})
}

func TestDifferences(t *testing.T) {
	wantNoGoroutinesLeft(t)
	ours, theirs := onTroupe(t, different()), onNetHTTP(t, different())
	page, err := os.ReadFile("../../../docs/reference/net-http-compatibility.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range differences {
		for _, s := range []struct {
			*site
			want string
		}{{ours, d.ours}, {theirs, d.theirs}} {
			got := regexp.MustCompile(d.see).FindString(s.firstResponse(t, d.request))
			want(t, fmt.Sprintf("%s, Troupe=%v", d.name, s.troupe), got, s.want)
		}
		wantIn(t, string(page), "\n| "+d.name+" | ")
	}
	want(t, "rows of differences", len(regexp.MustCompile(`(?m)^\| [^|]+ \| [^|]+ \| [^|]+ \| [^|]+ \|$`).FindAllString(between(string(page), "## What differs", "\n## "), -1)), len(differences)+1) // and the head
}

// firstResponse returns the octets of the response to a request, without carriage returns.
func (s *site) firstResponse(t *testing.T, request string) string {
	conn := s.dial(t)
	defer conn.Close()
	go io.WriteString(conn, request)
	var octets strings.Builder
	if response, err := http.ReadResponse(bufio.NewReader(io.TeeReader(conn, &octets)), nil); err == nil {
		io.Copy(io.Discard, response.Body)
	}
	return strings.ReplaceAll(octets.String(), "\r", "")
}

// between returns the part of a text from one mark to the next.
func between(text, from, to string) string {
	_, text, _ = strings.Cut(text, from)
	text, _, _ = strings.Cut(text, to)
	return text
}
