// Package troupe_test judges the built program over real TCP: with net/http as an independent
// client, and with raw octets where net/http would not send such a thing, or not show it.
package troupe_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/troupe-go/troupe/actors/actorstest"
)

// patience is for what should happen soon. In a good run nothing waits for as long.
const patience = actorstest.Patience

const getHealth = "GET /health HTTP/1.1\r\nHost: a\r\n\r\n"

func get(path string) string { return "GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n" }

func post(body string, fields ...string) string {
	head := append([]string{"POST /echo HTTP/1.1", "Host: a", fmt.Sprintf("Content-Length: %d", len(body))}, fields...)
	return strings.Join(head, "\r\n") + "\r\n\r\n" + body
}

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "troupe")
	if err != nil {
		panic(err)
	}
	binary = filepath.Join(dir, "troupe.exe")
	status := m.Run()
	if err := endShared(); err != nil {
		fmt.Println("FAIL: the shared program:", err)
		status = 1
	}
	os.RemoveAll(dir)
	os.Exit(status)
}

// The routes.

func TestRoutes(t *testing.T) {
	t.Parallel()
	const html, plain = "text/html; charset=utf-8", "text/plain; charset=utf-8"
	errorPage := func(title string) string {
		return "<!DOCTYPE html>\n<html lang=\"en\">\n<title>" + title + "</title>\n<h1>" + title + "</h1>\n<p><a href=\"/\">Home</a></p>\n</html>\n"
	}
	notFound, notAllowed := errorPage("404 - Page Not Found"), errorPage("405 - Method Not Allowed")
	p, client := demo(t), newClient(t)
	for _, test := range []struct {
		method, path      string
		status            int
		contentType       string
		body, part, allow string
	}{
		{"GET", "/", 200, html, page(t, "welcome"), "<h1>Welcome to Troupe</h1>", ""},
		{"GET", "/?query", 200, html, page(t, "welcome"), "", ""},
		{"GET", "/about", 200, html, page(t, "about"), "<h1>About Troupe</h1>", ""},
		{"GET", "/health", 200, "application/json", `{"status": "healthy"}`, "", ""},
		{"GET", "/ready", 200, "application/json", `{"status": "ready"}`, "", ""},
		{"POST", "/echo", 200, "application/octet-stream", "", "", ""},
		{"GET", "/demo/sleep/1ms", 200, plain, "slept 1ms\n", "", ""},
		{"GET", "/nowhere", 404, html, notFound, "", ""},
		{"GET", "/health/", 404, html, notFound, "", ""},
		{"POST", "/nowhere", 404, html, notFound, "", ""},
		{"POST", "/", 405, html, notAllowed, "", "GET, HEAD, OPTIONS"},
		{"PUT", "/health", 405, html, notAllowed, "", "GET, HEAD, OPTIONS"},
		{"DELETE", "/about", 405, html, notAllowed, "", "GET, HEAD, OPTIONS"},
		{"GET", "/echo", 405, html, notAllowed, "", "OPTIONS, POST"},
	} {
		request, err := http.NewRequest(test.method, p.url(test.path), nil)
		if err != nil {
			t.Fatal(err)
		}
		a := client.do(request)
		if a.StatusCode != test.status || a.body != test.body || !strings.Contains(a.body, test.part) {
			t.Errorf("%s %s: %s %q, want %d %q", test.method, test.path, a.Status, a.body, test.status, test.body)
		}
		if got := a.Header.Get("Content-Type"); got != test.contentType {
			t.Errorf("%s %s: Content-Type %q, want %q", test.method, test.path, got, test.contentType)
		}
		if got := a.Header.Get("Allow"); got != test.allow {
			t.Errorf("%s %s: Allow %q, want %q", test.method, test.path, got, test.allow)
		}
	}
}

// HEAD is answered with the header section of GET, and no content (RFC 9110 §9.3.2).
func TestHead(t *testing.T) {
	t.Parallel()
	c := demo(t).dial(t)
	for path, status := range map[string]string{
		"/": "200 OK", "/health": "200 OK", "/about": "200 OK", "/demo/sleep/1ms": "200 OK",
		"/nowhere": "404 Not Found", "/echo": "405 Method Not Allowed",
	} {
		c.Send(strings.Replace(get(path), "GET", "HEAD", 1) + getHealth)
		head := c.WantHead("HEAD "+path, status)
		c.Want("no content may come between the head and this", "200 OK", `{"status": "healthy"}`)
		c.Send(get(path))
		a := c.Want("GET beside HEAD", status)
		if path == "/echo" {
			continue // the method is wrong either way
		}
		for _, r := range []*actorstest.Response{head, a} {
			r.Fields = slices.DeleteFunc(r.Fields, func(f actorstest.Field) bool { return f.Name == "Date" })
		}
		if !slices.Equal(head.Fields, a.Fields) || a.Field("Content-Length") != strconv.Itoa(len(a.Content)) {
			t.Errorf("HEAD %s: %v, but GET: %v", path, head, a)
		}
	}
}

func TestEcho(t *testing.T) {
	t.Parallel()
	p, client := demo(t), newClient(t)
	const limit = 8 << 20
	big := strings.Repeat("All the world's a stage, ", limit/25+1)
	for _, test := range []struct {
		name, contentType, want, body string
		chunked                       bool
	}{
		{"content type", "text/x-play; act=2", "text/x-play; act=2", "Exeunt\n", false},
		{"no content type", "", "application/octet-stream", "\x00\xff\r\n\r\n", false},
		{"chunked", "text/plain", "text/plain", "in pieces", true},
		{"empty", "text/plain", "text/plain", "", false},
		{"empty and chunked", "text/plain", "text/plain", "", true},
		{"1 MiB", "text/plain", "text/plain", big[:1<<20], false},
		{"1 MiB chunked", "text/plain", "text/plain", big[:1<<20], true},
		{"as much as the limit allows", "text/plain", "text/plain", big[:limit], false},
	} {
		var body io.Reader = strings.NewReader(test.body)
		if test.chunked {
			body = io.MultiReader(body) // hides the length
		}
		request, err := http.NewRequest("POST", p.url("/echo"), body)
		if err != nil {
			t.Fatal(err)
		}
		if test.contentType != "" {
			request.Header.Set("Content-Type", test.contentType)
		}
		a := client.do(request)
		if a.StatusCode != 200 || a.body != test.body || a.Header.Get("Content-Type") != test.want {
			t.Errorf("%s: %s %q, %d octets, want 200 %q and the %d octets sent",
				test.name, a.Status, a.Header.Get("Content-Type"), len(a.body), test.want, len(test.body))
		}
	}
	for name, request := range map[string]string{
		"by Content-Length": fmt.Sprintf("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n", limit+1),
		"by chunk size":     fmt.Sprintf("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n", limit+1),
	} {
		c := p.dial(t)
		c.Send(request)
		c.wantRefused("over the limit "+name, "413 Content Too Large", "content too large (RFC 9110 §15.5.14)")
	}
}

// The connection.

func TestPersistence(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, request, connection string
		closes                    bool
	}{
		{"1.1 persists", getHealth, "keep-alive", false},
		{"1.1 with keep-alive persists", "GET /health HTTP/1.1\r\nHost: a\r\nConnection: keep-alive\r\n\r\n", "keep-alive", false},
		{"1.1 with close closes", "GET /health HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", "close", true},
		{"1.0 closes", "GET /health HTTP/1.0\r\n\r\n", "close", true},
		{"1.0 with keep-alive persists", "GET /health HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n", "keep-alive", false},
		{"1.0 with both closes", "GET /health HTTP/1.0\r\nConnection: keep-alive, close\r\n\r\n", "close", true},
	} {
		c := demo(t).dial(t)
		for range 2 {
			c.Send(test.request)
			a := c.Want(test.name, "200 OK", `{"status": "healthy"}`)
			if got := a.Field("Connection"); got != test.connection || a.Closes() != test.closes {
				t.Errorf("%s (RFC 9112 §9.3): Connection %q, close: %v; want %q", test.name, got, a.Closes(), test.connection)
			}
			if test.closes {
				c.WantClosed(test.name)
				break
			}
		}
	}
}

// A client may end its side after its last request (RFC 9112 §9.6).
func TestHalfClose(t *testing.T) {
	t.Parallel()
	c := demo(t).dial(t)
	c.Send(get("/demo/sleep/20ms") + getHealth)
	c.CloseWrite()
	c.Want("a request that is there is answered", "200 OK", "slept 20ms\n")
	c.Want("and the one behind it", "200 OK", `{"status": "healthy"}`)
	c.WantClosed("there will be no more requests")
}

func TestPipelining(t *testing.T) {
	t.Parallel()
	c := demo(t).dial(t)
	var burst strings.Builder
	for i := range 16 {
		burst.WriteString([]string{post(fmt.Sprint(i)), get("/demo/sleep/" + fmt.Sprint(16-i) + "ms")}[i%2])
	}
	c.Send(burst.String())
	for i := range 16 {
		want := []string{fmt.Sprint(i), fmt.Sprintf("slept %dms\n", 16-i)}[i%2]
		c.Want("responses come in the order of the requests (RFC 9112 §9.3.2)", "200 OK", want)
	}
}

// The responses to a burst leave in one write, and so arrive in one read, unless the machine needs more than some
// milliseconds for a burst; for most bursts it does not.
func TestBurstLeavesInOneWrite(t *testing.T) {
	t.Parallel()
	c := demo(t).dial(t)
	c.Send(getHealth)
	n, err := c.Conn.Read(make([]byte, 64<<10))
	if err != nil {
		t.Fatal(err)
	}
	var whole int
	const bursts = 40
	for range bursts {
		c.Send(strings.Repeat(getHealth, 16))
		first, err := c.Conn.Read(make([]byte, 64<<10))
		if err != nil {
			t.Fatal(err)
		}
		if first == 16*n {
			whole++
		} else if _, err := io.ReadFull(c.Conn, make([]byte, 16*n-first)); err != nil {
			t.Fatal(err)
		}
	}
	if whole < bursts/2 {
		t.Errorf("the responses to %d of %d bursts came in one piece", whole, bursts)
	}
}

// A request is the same however it is cut. An exchange on another connection lets each piece arrive before the next
// is sent.
func TestCutAnywhere(t *testing.T) {
	t.Parallel()
	p := demo(t)
	c, other := p.dial(t), p.dial(t)
	chunked := "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3;a=b\r\nAct\r\n2\r\n I\r\n0\r\nX: y\r\n\r\n"
	for _, request := range []string{post("Act I", "Content-Type: text/plain"), chunked} {
		for at := 1; at < len(request); at++ {
			c.Send(request[:at])
			other.ping("the server has time to see the piece")
			c.Send(request[at:])
			c.Want(fmt.Sprintf("cut at %d", at), "200 OK", "Act I")
		}
		for at := range request {
			c.Send(request[at : at+1])
			other.ping("the server has time to see the piece")
		}
		c.Want("octet by octet", "200 OK", "Act I")
	}
}

// RFC 9110 §10.1.1: a client that waits for a 100 gets it before it sends, but only if the server wants its content.
func TestContinue(t *testing.T) {
	t.Parallel()
	const expect = "Host: a\r\nExpect: 100-continue\r\nContent-Length: "
	c, other := demo(t).dial(t), demo(t).dial(t)
	for range 2 {
		c.Send("POST /echo HTTP/1.1\r\n" + expect + "5\r\n\r\n")
		c.WantOctets("the content is wanted", "HTTP/1.1 100 Continue\r\n\r\n")
		c.Send("Act I")
		c.Want("the content is there", "200 OK", "Act I")
	}
	c.Send("POST /echo HTTP/1.1\r\n" + expect + "5\r\n\r\nAct I")
	c.Want("no 100 for content that is there already", "200 OK", "Act I")
	c.Send("POST /echo HTTP/1.1\r\n" + expect + "5\r\n\r\nAct")
	other.ping("the server has time to see it")
	c.Send(" I")
	c.Want("no 100 for content that is on its way", "200 OK", "Act I")
	for _, test := range []struct{ name, request, status string }{
		{"not for nobody's content", "POST /nowhere HTTP/1.1\r\n" + expect + "5\r\n\r\n", "404 Not Found"},
		{"not for the wrong method", "PUT /echo HTTP/1.1\r\n" + expect + "5\r\n\r\n", "405 Method Not Allowed"},
		{"not for too much", "POST /echo HTTP/1.1\r\n" + expect + "8388609\r\n\r\n", "413 Content Too Large"},
	} {
		c := demo(t).dial(t)
		c.Send(test.request)
		c.wantRefused(test.name, test.status, "")
	}
}

func TestMalformedRequests(t *testing.T) {
	t.Parallel()
	const ok, chunked = "GET / HTTP/1.1\r\nHost: a\r\n", "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n"
	for _, test := range []struct{ request, status, rule string }{
		{"GET / HTTP/1.1\nHost: a\n\n", "400", "LF without CR (RFC 9112 §2.2)"},
		{"GET / HTTP/1.1\r\n Host: a\r\n\r\n", "400", "white space before the first field line (RFC 9112 §2.2)"},
		{"GET / http/1.1\r\n", "400", "malformed HTTP version (RFC 9112 §2.3)"},
		{"GET / HTTP/2.0\r\n", "505", "only HTTP/1.0 and HTTP/1.1 are spoken here (RFC 9110 §15.6.6)"},
		{"GET /\r\n", "400", "malformed request line (RFC 9112 §3)"},
		{"GET /a b HTTP/1.1\r\n", "400", "malformed request line (RFC 9112 §3)"},
		{"\x16\x03\x01\x02\x00\x01", "400", "a TLS handshake, on a port without TLS (RFC 9112 §3)"},
		{strings.Repeat("A", 65) + " / HTTP/1.1\r\n", "501", "method too long (RFC 9112 §3)"},
		{get("/" + strings.Repeat("a", 8<<10)), "414", "request target too long (RFC 9112 §3)"},
		{get("/%zz"), "400", "malformed percent-encoding in the request target (RFC 3986 §2.1)"},
		{"GET / HTTP/1.1\r\n\r\n", "400", "no Host (RFC 9112 §3.2)"},
		{ok + "Host: a\r\n\r\n", "400", "more than one Host (RFC 9112 §3.2)"},
		{"GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", "400", "malformed Host (RFC 9112 §3.2)"},
		{ok + "nonsense\r\n\r\n", "400", "field line without a colon (RFC 9112 §5)"},
		{ok + "A : b\r\n\r\n", "400", "white space between field name and colon (RFC 9112 §5.1)"},
		{ok + "A: b\r\n c\r\n\r\n", "400", "folded field line (RFC 9112 §5.2)"},
		{ok + "A: \x00\r\n\r\n", "400", "control octet in a field value (RFC 9110 §5.5)"},
		{ok + strings.Repeat("A: b\r\n", 100) + "\r\n", "431", "too many field lines (RFC 6585 §5)"},
		{ok + "A: " + strings.Repeat("a", 64<<10) + "\r\n\r\n", "431", "field section too large (RFC 6585 §5)"},
		{ok + "Expect: applause\r\n\r\n", "417", "only the expectation 100-continue is met here (RFC 9110 §10.1.1)"},
		{ok + "Content-Length: 1\r\nContent-Length: 1\r\n\r\n", "400", "more than one Content-Length (RFC 9112 §6.3)"},
		{ok + "Content-Length: 1, 1\r\n\r\n", "400", "more than one Content-Length (RFC 9112 §6.3)"},
		{ok + "Content-Length: +1\r\n\r\n", "400", "malformed Content-Length (RFC 9112 §6.3)"},
		{ok + "Transfer-Encoding: gzip, chunked\r\n\r\n", "501", "only the transfer coding chunked is understood (RFC 9112 §6.1)"},
		{ok + "Transfer-Encoding: gzip\r\n\r\n", "400", "chunked is not the final transfer coding (RFC 9112 §6.3)"},
		{"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", "400", "Transfer-Encoding in HTTP/1.0 (RFC 9112 §6.1)"},
		{chunked + "\r\n+1\r\n", "400", "malformed chunk size (RFC 9112 §7.1)"},
		{"GET / HTTP/1.1\r\n\r\n" + strings.Repeat("the show must go on ", 10<<10), "400", "no Host (RFC 9112 §3.2)"},
		{chunked + "\r\n1\r\nab\r\n", "400", "chunk data not followed by CRLF (RFC 9112 §7.1)"},
	} {
		c := demo(t).dial(t)
		c.Send(test.request)
		c.wantRefused("what breaks a rule is never guessed at", test.status+" ", test.rule)
	}
}

// A request whose end is ambiguous hides no second one (RFC 9112 §11.2).
func TestSmuggling(t *testing.T) {
	t.Parallel()
	p := start(t, "--demo")
	smuggled := get("/demo/hits")
	for _, framing := range []string{"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n"} {
		c := p.dial(t)
		c.Send("POST /echo HTTP/1.1\r\nHost: a\r\n" + framing + "\r\n0\r\n\r\n" + smuggled)
		c.wantRefused("there is exactly one response", "400 Bad Request", "Content-Length with Transfer-Encoding (RFC 9112 §6.3)")
	}
	c := p.dial(t)
	c.Send(get("/demo/hits"))
	c.Want("the first hit: what was smuggled was not served", "200 OK", "1\n")
}

// Crashes.

func TestHandlerCrashesBesideAHealthyOne(t *testing.T) {
	t.Parallel()
	p := start(t, "--demo", "--log-level", "warn")
	const healthy, least = 4, 25
	crashed := make(chan struct{})
	var clients sync.WaitGroup
	hits := make([][]int, healthy)
	for i := range hits {
		c := p.dial(t)
		clients.Go(func() {
			for more := true; more || len(hits[i]) < least; {
				select {
				case <-crashed:
					more = false
				default:
				}
				a, err := c.Exchange(get("/demo/hits"))
				if err != nil || a.Status != "200 OK" {
					t.Errorf("a healthy request was disturbed: %v, %v", a, err)
					return
				}
				number, _ := strconv.Atoi(strings.TrimSpace(a.Content))
				hits[i] = append(hits[i], number)
			}
		})
	}
	const crashes = 10 // a handler that crashes more often pauses
	var crashers sync.WaitGroup
	for range 2 {
		c := p.dial(t)
		crashers.Go(func() {
			for range crashes / 2 {
				begun := time.Now()
				a, err := c.Exchange(get("/demo/crash"))

				if took := time.Since(begun); err != nil || !strings.HasPrefix(a.Status, "500 ") || a.Closes() || took > time.Second {
					t.Errorf("a crash was answered after %v: %v, %v; want a 500, and the connection goes on", took, a, err)
					return
				}
			}
		})
	}
	crashers.Wait()
	close(crashed)
	clients.Wait()
	all := slices.Concat(hits...)
	slices.Sort(all)
	for i, number := range all {
		if number != i+1 {
			t.Fatalf("hit %d of %d was numbered %d: the counter is not disturbed by its neighbour", i+1, len(all), number)
		}
	}
	log := p.stderr.String()
	const inFull = 3 // the others are summed up
	if n := strings.Count(log, `crashed actor="router/GET /demo/crash$`); n != inFull {
		t.Errorf("%d crashes of the actor are in the log, want %d", n, inFull)
	}
	if n := strings.Count(log, "main.crash("); n != inFull {
		t.Errorf("%d stacks show where it crashed, want %d", n, inFull)
	}
	p.terminate()
	p.wantLog("the others are summed up at the end", "crashed again", fmt.Sprint("count=", crashes-inFull))
}

func TestConnectionCrash(t *testing.T) {
	t.Parallel()
	p := start(t, "--demo")
	c, neighbour := p.dial(t), p.dial(t)
	c.ping("before the crash")
	local := c.Conn.LocalAddr().String()
	neighbour.Send(get("/demo/sleep/100ms"))
	c.Send(get("/demo/crash/connection"))
	c.Want("a crash in an exchange", "500 Internal Server Error")
	c.ping("the same socket goes on")
	c.Send(getHealth + get("/demo/crash/connection") + post("Act II"))
	c.Want("pipelined before the crash", "200 OK", `{"status": "healthy"}`)
	c.Want("the crash in a burst", "500 Internal Server Error")
	c.Want("pipelined behind the crash: nothing is lost, nothing runs twice", "200 OK", "Act II")
	neighbour.Want("a neighbour notices nothing", "200 OK", "slept 100ms\n")
	line := p.wantLog("the crash is told", "ERR crashed actor=listener/connection$", "message=Response", "decision=restart")
	_, line, _ = strings.Cut(line, "actor=")
	who, _, _ := strings.Cut(line, " ")
	p.wantLog("the restarted actor is the same", "exchange actor="+who, "target=/echo", "peer="+local)
	if !strings.Contains(p.stderr.String(), "actors.(*connection).") {
		t.Error("no stack shows where the connection crashed")
	}
}

// Many connections, few, and silent ones.

func TestThousandConnections(t *testing.T) {
	t.Parallel()
	p := start(t, "--idle-timeout", "1m", "--log-level", "warn")
	clients := make([]*raw, 1000)
	for i := range clients {
		clients[i] = p.dial(t)
	}
	for round := range 2 {
		for i, c := range clients {
			c.Send(post(fmt.Sprintf("%d/%d", i, round)))
		}
		for i, c := range clients {
			c.Want("everyone gets an answer of their own", "200 OK", fmt.Sprintf("%d/%d", i, round))
		}
	}
}

func TestIdleTimeout(t *testing.T) {
	t.Parallel()
	const idle = 500 * time.Millisecond
	p := start(t, "--demo", "--idle-timeout", idle.String())
	begun := time.Now()
	silent := p.dial(t)
	c := p.dial(t)
	c.Send(get("/demo/sleep/1s"))
	silent.WantClosed("it never said a word")
	if took := time.Since(begun); took < idle {
		t.Errorf("closed after %v, want %v of silence", took, idle)
	}
	c.Want("waiting for an answer is not silence", "200 OK", "slept 1s\n")
	begun = time.Now()
	c.ping("there was time left")
	c.WantClosed("silence after an exchange")
	if took := time.Since(begun); took < idle {
		t.Errorf("closed after %v, want %v of silence", took, idle)
	}
}

func TestMaxConnections(t *testing.T) {
	t.Parallel()
	p := start(t, "--max-connections", "2", "--idle-timeout", "1m")
	first, second := p.dial(t), p.dial(t)
	for _, c := range []*raw{first, second} {
		c.ping("there is room for two")
	}
	time.Sleep(300 * time.Millisecond) // one that has just been heard of does not give way
	third := p.dial(t)
	third.Send(post("let me in"))
	third.Want("a newcomer is served at once", "200 OK", "let me in")
	first.WantClosed("the one that was idle for longest gave way")
	second.ping("the other goes on")
	p.wantLog("it is said", "too many connections", "limit=2")
}

// The end.

func TestShutdownUnderLoad(t *testing.T) {
	t.Parallel()
	p := start(t, "--demo")
	answered, warm := make([]int, 3), make(chan struct{}, 3)
	var quick sync.WaitGroup
	for i := range answered {
		c := p.dial(t)
		quick.Go(func() { answered[i] = c.hammer(warm) })
	}
	idle := p.dial(t)
	for range answered {
		await(t, "the quick ones are under way", warm)
	}
	slow := make([]*raw, 8)
	for i := range slow {
		slow[i] = p.dial(t)
		slow[i].begin("/demo/sleep/1s")
		if i%2 == 0 {
			slow[i].Send("ok")
		}
	}
	p.terminate()
	p.wantLog("the listener is closed", "draining actor=listener", "connections=")
	if _, err := net.Dial("tcp", p.addr); !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("a newcomer during the shutdown: %v, want it refused", err)
	}
	idle.WantClosed("nothing was begun here")
	for i, c := range slow {
		if i%2 == 1 {
			c.Send("ok")
		}
	}
	for _, c := range slow {
		a := c.Want("what was begun is answered", "200 OK", "slept 1s\n")
		if !a.Closes() {
			t.Error("the last response of a connection does not say close (RFC 9112 §9.6)")
		}
		c.WantClosed("the server is going")
	}
	p.wantExit("everything was answered", 0)
	quick.Wait()
	sum := 0
	for _, n := range answered {
		sum += n
	}
	if logged := strings.Count(p.stderr.String(), "target=/health status=200"); logged != sum {
		t.Errorf("%d quick requests were served, %d answers arrived", logged, sum)
	}
}

// A connection that crashes while it drains still drains.
func TestCrashDuringShutdown(t *testing.T) {
	t.Parallel()
	p := start(t, "--demo", "--idle-timeout", "1m", "--log-level", "debug")
	var clients []*raw
	for _, path := range []string{"/demo/crash", "/demo/crash/connection"} {
		c := p.dial(t)
		c.begin(path)
		clients = append(clients, c)
	}
	p.terminate()
	for i := range clients {
		p.wantLog("the connection knows", fmt.Sprintf("received actor=listener/connection$%d message=drain", i+1))
	}
	for _, c := range clients {
		c.Send("ok")
		if a := c.Want("a crash is answered", "500 Internal Server Error"); !a.Closes() {
			t.Error("the last response of a connection does not say close (RFC 9112 §9.6)")
		}
		c.WantClosed("the server is going")
	}
	p.wantExit("everything was answered", 0)
}

func TestSecondSignalEndsAtOnce(t *testing.T) {
	t.Parallel()
	p := start(t, "--demo")
	c := p.dial(t)
	c.begin("/demo/sleep/1m")
	c.Send("ok")
	p.terminate()
	p.wantLog("the shutdown has begun", "draining actor=listener", "connections=1")
	time.Sleep(600 * time.Millisecond) // before that, it would be the first one again
	begun := time.Now()
	p.terminate()
	p.wantExit("the second signal", 1)
	if took := time.Since(begun); took > patience/2 {
		t.Errorf("it ended %v after the second signal", took)
	}
	// The handler may be named as well, if it is about to take the request.
	if log := p.stderr.String(); !strings.Contains(log, "troupe: stopped before these had finished: listener/connection$1") {
		t.Errorf("it does not say why it failed:\n%s", log)
	}
	c.Want("the request of a minute is answered as well", "503 Service Unavailable")
}

// The command line and the log.

func TestCommandLineMistakes(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	for _, test := range []struct {
		env, args string
		status    int
		part      string
	}{
		{"", "--addr " + taken.Addr().String(), 1, "cannot listen: listen tcp4 " + taken.Addr().String()},
		{"", "--addr 127.0.0.1:99999", 2, `"99999" is no port`},
		{"", "--addr nonsense", 2, `--addr "nonsense": not host:port`},
		{"", "--nonsense", 2, "--nonsense"},
		{"", "--idle-timeout soon", 2, `"soon"`},
		{"", "--idle-timeout -1s", 2, "--idle-timeout -1s: must be above 0"},
		{"", "--max-connections 0", 2, "--max-connections 0: must be above 0"},
		{"", "--log-level loud", 2, `"loud"`},
		{"", "--log-format xml", 2, `--log-format "xml": must be text or json`},
		{"", "serve now", 2, `unexpected argument "now"`},
		{"", "perform", 2, `unknown command "perform"`},
		{"TROUPE_ADDR=nonsense", "", 2, `"nonsense": not host:port`},
		{"TROUPE_IDLE_TIMEOUT=soon", "serve", 2, `TROUPE_IDLE_TIMEOUT: "soon"`},
		{"TROUPE_LOG_LEVEL=loud", "--addr 127.0.0.1:0", 2, `TROUPE_LOG_LEVEL: "loud"`},
	} {
		status, stdout, stderr := run(t, test.env, strings.Fields(test.args)...)
		if status != test.status || stdout != "" {
			t.Errorf("%s troupe %s: exit status %d, says %q; want %d and nothing", test.env, test.args, status, stdout, test.status)
		}
		if !strings.HasPrefix(stderr, "troupe: ") || strings.Index(stderr, "\n") != len(stderr)-1 || !strings.Contains(stderr, test.part) {
			t.Errorf("%s troupe %s: complains %q, want one line with %q", test.env, test.args, stderr, test.part)
		}
	}
}

func TestCommandLineHelp(t *testing.T) {
	t.Parallel()
	for args, part := range map[string]string{
		"--help": "--idle-timeout", "serve --help": "$TROUPE_ADDR", "-h": "--demo", "help": "troupe version", "version": "troupe ",
	} {
		status, stdout, stderr := run(t, "", strings.Fields(args)...)
		if status != 0 || stderr != "" || !strings.Contains(stdout, part) {
			t.Errorf("troupe %s: exit status %d, %q, complains %q; want 0 and %q", args, status, stdout, stderr, part)
		}
	}
}

func TestEnvironment(t *testing.T) {
	t.Parallel()
	p := startWith(t, "TROUPE_ADDR=nonsense TROUPE_IDLE_TIMEOUT=500ms TROUPE_DEMO=true TROUPE_LOG_LEVEL=error TROUPE_LOG_FORMAT=json",
		"--log-level", "info", "--addr", "127.0.0.1:0")
	p.dial(t).WantClosed("the idle timeout of the environment")
	c := newClient(t)
	if a := c.get(p.url("/demo/hits")); a.body != "1\n" {
		t.Errorf("%s %q, want the demo that the environment asked for", a.Status, a.body)
	}
	p.wantLog("the level of the flag and the format of the environment", `"level":"INFO"`, `"msg":"exchange"`)
}

func TestJSONLog(t *testing.T) {
	t.Parallel()
	p := start(t, "--demo", "--log-format", "json", "--log-level", "debug")
	p.visit(t)
	c := p.dial(t)
	c.Send(get("/demo/crash"))
	c.Want("a crash", "500 Internal Server Error")
	c.Send(get("/demo/crash/connection"))
	c.Want("another", "500 Internal Server Error")
	p.terminate()
	p.wantExit("all is well", 0)
	levels := make(map[string]int)
	for line := range strings.Lines(p.stderr.String()) {
		var entry struct{ Time, Level, Msg, Actor string }
		if err := json.Unmarshal([]byte(line), &entry); err != nil || entry.Actor == "" || entry.Msg == "" || entry.Time == "" {
			t.Errorf("%v: a line is no JSON with time, msg and actor: %s", err, line)
		}
		levels[entry.Level]++
	}
	if levels["DEBUG"] == 0 || levels["INFO"] == 0 || levels["ERROR"] != 2 {
		t.Errorf("lines by level: %v, want DEBUG, INFO, and two of ERROR", levels)
	}
}

func TestWarnIsSilentInHealth(t *testing.T) {
	t.Parallel()
	p := start(t, "--log-level", "warn")
	p.visit(t)
	p.terminate()
	p.wantExit("all is well", 0)
	if log := p.stderr.String(); log != "" {
		t.Errorf("health is not silent:\n%s", log)
	}
}

func TestDebugShowsEveryHop(t *testing.T) {
	t.Parallel()
	p := start(t, "--log-level", "debug")
	c := p.dial(t)
	c.ping("an exchange to look at")
	line := p.wantLog("the connection was born", "started actor=listener/connection$")
	_, who, _ := strings.Cut(strings.TrimSpace(line), "actor=")
	for _, hop := range [][]string{
		{"received actor=router ", "message=Request", "from=" + who},
		{`received actor="router/GET /health$`, "message=Request", "from=" + who},
		{"received actor=" + who, "message=Response"},
		{"INF exchange actor=" + who, "method=GET", "target=/health", "status=200", "octets=21", "took="},
	} {
		p.wantLog("each hop of the exchange", hop...)
	}
	c.Conn.Close()
	p.wantLog("its death is told as well", "stopped actor="+who)
	if log := p.stderr.String(); strings.Contains(log, "\x1b[") {
		t.Error("there is colour in the log, and no terminal to show it")
	}
}

// visit does what clients do on a good day, and on an ordinary one.
func (p *program) visit(t *testing.T) {
	client := newClient(t)
	for _, path := range []string{"/", "/health", "/nowhere", "/echo"} {
		client.get(p.url(path))
	}
	c := p.dial(t)
	c.Send(post("Act III"))
	c.Want("a visit", "200 OK", "Act III")
	c.Send("GET / HTTP/9.9\r\n")
	c.wantRefused("a mistake", "505", "")
	gone := p.dial(t)
	gone.begin("/health")
	gone.Conn.(*net.TCPConn).SetLinger(0) // a reset
	gone.Conn.Close()
}

// A program is one run of cmd/troupe.
type program struct {
	t              testing.TB
	command        *exec.Cmd
	addr           string // host:port
	stdout, stderr record
	exited         chan struct{}
}

var binary string

// build builds cmd/troupe, once. It looks at the sources, so that the go command knows that the
// results of these tests depend on them, and does not repeat old ones from its cache.
var build = sync.OnceValue(func() error {
	for _, dir := range []string{"go.mod", "go.sum", "wire", "actors", "cmd/troupe"} {
		err := filepath.WalkDir(dir, func(_ string, _ fs.DirEntry, err error) error { return err })
		if err != nil {
			return err
		}
	}
	if output, err := exec.Command("go", "build", "-o", binary, "./cmd/troupe").CombinedOutput(); err != nil {
		return fmt.Errorf("go build: %w\n%s", err, output)
	}
	return nil
})

// command is the program on a command line, with an environment of its own: NAME=value NAME=value.
func command(env string, args ...string) (*exec.Cmd, error) {
	command := exec.Command(binary, args...)
	command.Env = slices.DeleteFunc(os.Environ(), func(s string) bool { return strings.HasPrefix(s, "TROUPE_") })
	command.Env = append(command.Env, strings.Fields(env)...)
	return command, build()
}

// launch starts the program and waits until it has told its address.
func launch(env string, args ...string) (*program, error) {
	c, err := command(env, args...)
	if err != nil {
		return nil, err
	}
	p := &program{command: c, exited: make(chan struct{})}
	c.Stdout, c.Stderr = &p.stdout, &p.stderr
	if err := c.Start(); err != nil {
		return nil, err
	}
	go func() {
		c.Wait()
		close(p.exited)
	}()
	const hello = "Server running at http://"
	line, ok := p.stdout.wait(hello)
	if !ok {
		p.kill()
		return nil, fmt.Errorf("it does not tell its address:\n%s%s", p.stdout.String(), p.stderr.String())
	}
	p.addr = strings.TrimPrefix(line, hello)
	return p, nil
}

// start runs the program on a free port for the length of one test.
func start(t *testing.T, flags ...string) *program {
	t.Helper()
	return startWith(t, "TROUPE_ADDR=127.0.0.1:0", flags...)
}

func startWith(t *testing.T, env string, flags ...string) *program {
	t.Helper()
	p, err := launch(env, flags...)
	if err != nil {
		t.Fatal(err)
	}
	p.t = t
	t.Cleanup(func() {
		p.kill()
		if log := p.stderr.String(); t.Failed() {
			t.Logf("the end of the log:\n%s", log[max(0, len(log)-4<<10):])
		}
	})
	return p
}

// demo is one program for all the tests that leave nothing behind in it.
func demo(t *testing.T) *program {
	t.Helper()
	p, err := shared()
	if err != nil {
		t.Fatal(err)
	}
	return p
}

var sharedStarted bool

var shared = sync.OnceValues(func() (*program, error) {
	sharedStarted = true
	return launch("TROUPE_ADDR=127.0.0.1:0", "--demo", "--log-level", "warn", "--idle-timeout", "1m")
})

// endShared ends the shared program, which must have nothing to complain of.
func endShared() error {
	if !sharedStarted {
		return nil
	}
	p, err := shared()
	if err != nil {
		return nil // every test that wanted it has said so
	}
	defer p.kill()
	if canSignal {
		p.command.Process.Signal(syscall.SIGTERM)
		if !p.waitExit() || p.command.ProcessState.ExitCode() != 0 {
			return fmt.Errorf("its end: %v", p.command.ProcessState)
		}
	}
	if log := p.stderr.String(); log != "" {
		return fmt.Errorf("its log is not silent:\n%s", log)
	}
	return nil
}

func (p *program) kill() {
	p.command.Process.Kill()
	<-p.exited
}

const canSignal = runtime.GOOS != "windows"

func (p *program) terminate() {
	p.t.Helper()
	if !canSignal {
		p.t.Skip("a process cannot be asked to end here")
	}
	if err := p.command.Process.Signal(syscall.SIGTERM); err != nil {
		p.t.Fatal(err)
	}
}

func (p *program) waitExit() bool {
	select {
	case <-p.exited:
		return true
	case <-time.After(patience):
		return false
	}
}

func (p *program) wantExit(why string, status int) {
	p.t.Helper()
	if !p.waitExit() {
		p.t.Fatalf("%s: it is still running, want exit status %d", why, status)
	}
	if got := p.command.ProcessState.ExitCode(); got != status {
		p.t.Fatalf("%s: exit status %d, want %d", why, got, status)
	}
}

// wantLog waits for a line on standard error with all the parts, and returns it.
func (p *program) wantLog(why string, parts ...string) string {
	p.t.Helper()
	line, ok := p.stderr.wait(parts...)
	if !ok {
		p.t.Fatalf("%s: no line of the log has all of %q", why, parts)
	}
	return line
}

func (p *program) url(path string) string { return "http://" + p.addr + path }

// run runs the program to its end.
func run(t *testing.T, env string, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	c, err := command(env, args...)
	if err != nil {
		t.Fatal(err)
	}
	var out, complaints bytes.Buffer
	c.Stdout, c.Stderr = &out, &complaints
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	late := time.AfterFunc(patience, func() { c.Process.Kill() })
	defer late.Stop()
	c.Wait()
	return c.ProcessState.ExitCode(), out.String(), complaints.String()
}

// A record keeps what a program writes, and lets tests wait for it.
type record struct {
	mu   sync.Mutex
	text []byte
	more chan struct{} // closed by the next write, if anyone waits for it
}

func (r *record) Write(octets []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.text = append(r.text, octets...)
	if r.more != nil {
		close(r.more)
		r.more = nil
	}
	return len(octets), nil
}

func (r *record) String() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return string(r.text)
}

// wait returns the first line that has all the parts, as soon as there is one.
func (r *record) wait(parts ...string) (line string, ok bool) {
	late := time.After(patience)
	for seen := 0; ; {
		lines, more := r.after(seen)
		for line := range strings.Lines(lines) {
			if !slices.ContainsFunc(parts, func(part string) bool { return !strings.Contains(line, part) }) {
				return strings.TrimSuffix(line, "\n"), true
			}
		}
		seen += len(lines)
		select {
		case <-more:
		case <-late:
			return "", false
		}
	}
}

// after returns the whole lines after those already seen, and tells when there may be more.
func (r *record) after(seen int) (lines string, more <-chan struct{}) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.more == nil {
		r.more = make(chan struct{})
	}
	rest := r.text[seen:]
	return string(rest[:bytes.LastIndexByte(rest, '\n')+1]), r.more
}

// An answer is a response that net/http has read, with its whole content.
type answer struct {
	*http.Response
	body string
}

func (a *answer) String() string { return fmt.Sprintf("%s %v %.200q", a.Status, a.Header, a.body) }

// A client is a stock net/http client with persistent connections of its own.
type client struct {
	t *testing.T
	http.Client
}

func newClient(t *testing.T) *client {
	transport := &http.Transport{DisableCompression: true}
	t.Cleanup(transport.CloseIdleConnections)
	return &client{t, http.Client{Transport: transport, Timeout: patience}}
}

func (c *client) get(url string) *answer {
	c.t.Helper()
	request, err := http.NewRequest("GET", url, nil)
	if err != nil {
		c.t.Fatal(err)
	}
	return c.do(request)
}

// do exchanges a request for an answer, with the fields that every answer has.
func (c *client) do(request *http.Request) *answer {
	c.t.Helper()
	before := time.Now().Truncate(time.Second)
	response, err := c.Do(request)
	if err != nil {
		c.t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		c.t.Fatalf("%s %s: %v", request.Method, request.URL, err)
	}
	a := &answer{response, string(body)}
	date, err := time.Parse(http.TimeFormat, a.Header.Get("Date"))
	if err != nil || date.Before(before) || date.After(time.Now()) {
		c.t.Errorf("%v: Date is not the time of the answer (RFC 9110 §6.6.1): %v", a, err)
	}
	if got := a.Header["Content-Length"]; !slices.Equal(got, []string{strconv.Itoa(len(body))}) {
		c.t.Errorf("%v: Content-Length %q for %d octets", a, got, len(body))
	}
	return a
}

// A raw client says what it is told to, octet by octet.
type raw struct {
	*actorstest.Client
	t *testing.T
}

func (p *program) dial(t *testing.T) *raw {
	t.Helper()
	return &raw{actorstest.Dial(t, "tcp", p.addr), t}
}

// wantRefused reads a last response: its status begins so, its content has this part.
func (c *raw) wantRefused(why, status, part string) {
	c.t.Helper()
	r, err := c.Read("GET")
	if err != nil {
		c.t.Fatalf("%s: %v: got %v, want %s %q", why, err, r, status, part)
	}
	if !strings.HasPrefix(r.Status, status) || !strings.Contains(r.Content, part) || !r.Closes() {
		c.t.Errorf("%s: got %v, want %s %q with Connection: close", why, r, status, part)
	}
	c.WantClosed(why)
}

// ping is an exchange that does no more than to show that all is well.
func (c *raw) ping(why string) {
	c.t.Helper()
	c.Send(getHealth)
	c.Want(why, "200 OK", `{"status": "healthy"}`)
}

// begin sends a request, and returns when the server has begun it: the server asks for the two octets of content that
// are still to be sent (RFC 9110 §10.1.1).
func (c *raw) begin(path string) {
	c.t.Helper()
	c.Send("GET " + path + " HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n")
	c.WantOctets("the request has begun", "HTTP/1.1 100 Continue\r\n\r\n")
}

// hammer sends quick requests until the server closes, and returns how many answers arrived. It
// tells when it is under way.
func (c *raw) hammer(warm chan<- struct{}) (answered int) {
	for ; ; answered++ {
		if answered == 20 {
			warm <- struct{}{}
		}
		c.Conn.SetDeadline(time.Now().Add(patience))
		io.WriteString(c.Conn, getHealth)
		if _, err := c.In.Peek(1); errors.Is(err, os.ErrDeadlineExceeded) {
			c.t.Error("a quick request got neither an answer nor the end of the stream")
			return answered
		} else if err != nil {
			return answered // the server closed before it saw the request, as it may (RFC 9112 §9.6)
		}
		r, err := c.Read("GET")
		if err != nil || r.Status != "200 OK" || r.Content != `{"status": "healthy"}` {
			c.t.Errorf("a quick request was answered %v, %v", r, err)
			return answered
		}
		if r.Closes() {
			if rest, err := io.ReadAll(c.In); err != nil || len(rest) > 0 {
				c.t.Errorf("behind the last response came %.200q, %v", rest, err)
			}
			return answered + 1
		}
	}
}

func await(t *testing.T, why string, event <-chan struct{}) {
	t.Helper()
	select {
	case <-event:
	case <-time.After(patience):
		t.Fatalf("%s: not within %v", why, patience)
	}
}

// page is the text of a page of the program.
func page(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile("cmd/troupe/pages/" + name + ".html")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
