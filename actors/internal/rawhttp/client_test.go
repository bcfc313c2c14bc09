package rawhttp_test

import (
	"errors"
	"io"
	"net"
	"os"
	"testing"
	"time"

	"github.com/troupe-go/troupe/actors/internal/duplex"
	"github.com/troupe-go/troupe/actors/internal/rawhttp"
)

const hello = ok + "Content-Length: 5\r\n\r\nhello"

func TestWant(t *testing.T) {
	c := rawhttp.New(t, says("HTTP/1.1 100 Continue\r\n\r\n"+hello+ok+"Content-Length: 5\r\n\r\n"+hello+"odd"))
	c.Want("an interim response is one of its own", "100 Continue")
	if r := c.Want("and then the final one", "200 OK", "hello"); r.Octets != hello {
		t.Errorf("got %v", r)
	}
	c.WantHead("no content", "200 OK")
	c.Want("whatever the content", "200 OK")
	c.WantOctets("what is no response", "odd")
	c.WantClosed("that was all")
	for want, test := range map[string]func(c *rawhttp.Client){
		`why: got "HTTP/1.1 200 OK\r\n`:                     func(c *rawhttp.Client) { c.Want("why", "404 Not Found") },
		`want 200 OK ["goodbye"]`:                           func(c *rawhttp.Client) { c.Want("why", "200 OK", "goodbye") },
		`"HTTP/1.1 200 OK" (<nil>), want "HTTP/1.1 100 OK"`: func(c *rawhttp.Client) { c.WantOctets("why", "HTTP/1.1 100 OK") },
		`want the end of the stream`:                        func(c *rawhttp.Client) { c.WantClosed("why") },
		`want silence`:                                      func(c *rawhttp.Client) { c.WantIdle("why") },
		"why: the stream ended, want a reset":               func(c *rawhttp.Client) { c.WantReset("why") },
	} {
		wantFailure(t, "another response", func(t rawhttp.T) { test(rawhttp.New(t, says(hello))) }, want)
	}
}

// The test ends, whatever the server does not send.
func TestAHangEndsAtTheDeadline(t *testing.T) {
	for why, test := range map[string]func(c *rawhttp.Client){
		"Want":       func(c *rawhttp.Client) { c.Want("why", "200 OK") },
		"WantHead":   func(c *rawhttp.Client) { c.WantHead("why", "200 OK") },
		"WantOctets": func(c *rawhttp.Client) { c.WantOctets("why", hello) },
		"WantClosed": func(c *rawhttp.Client) { c.WantClosed("why") },
		"WantReset":  func(c *rawhttp.Client) { c.WantReset("why") },
	} {
		for _, said := range []string{"", "HTTP/1.1 "} {
			if said != "" && why == "WantClosed" {
				continue // it need not wait
			}
			begun := time.Now()
			wantFailure(t, why, func(t0 rawhttp.T) { test(hurried(t0, hangs(t, said))) }, "why: ", "timeout")
			if took := time.Since(begun); took < 50*time.Millisecond || took > 5*time.Second {
				t.Errorf("%s took %v", why, took)
			}
		}
	}
	wantFailure(t, "Send", func(t0 rawhttp.T) { hurried(t0, hangs(t, "")).Send("nobody reads") }, `cannot send "nobody reads": `)
	if _, err := hurried(t, hangs(t, hello[:9])).Read("GET"); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("Read: %v", err)
	}
	if _, err := hurried(t, hangs(t, "")).Exchange("nobody reads"); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("Exchange: %v", err)
	}
}

// A server that goes on for ever, octet by octet, does not hold the test up either.
func TestATrickleEndsAtTheDeadline(t *testing.T) {
	client, server := duplex.New()
	t.Cleanup(func() { server.Close() })
	go func() {
		io.WriteString(server, ok+"A: ")
		for err := error(nil); err == nil; time.Sleep(time.Millisecond) {
			_, err = io.WriteString(server, "a")
		}
	}()
	wantFailure(t, "a field without an end", func(t rawhttp.T) { hurried(t, client).Want("why", "200 OK") }, "timeout", "aaa")
}

func TestIdleIsNotClosed(t *testing.T) {
	c := rawhttp.New(t, hangs(t, hello))
	c.Want("what there is", "200 OK")
	c.WantIdle("then nothing")
	c.WantIdle("and still nothing")
	closed := says("")
	wantFailure(t, "the end is no silence", func(t rawhttp.T) { rawhttp.New(t, closed).WantIdle("why") }, `why: got "" (EOF)`)
}

func TestExchangeOverTCP(t *testing.T) {
	c, server := overTCP(t)
	served := make(chan string)
	go func() {
		request := make([]byte, 4)
		io.ReadFull(server, request)
		io.WriteString(server, hello)
		rest, _ := io.ReadAll(server)
		served <- string(request) + string(rest)
		server.Close()
	}()
	if r, err := c.Exchange("odd\n"); err != nil || r.Content != "hello" {
		t.Errorf("got %v, %v", r, err)
	}
	c.WantIdle("it waits for the end")
	c.Send("\x00")
	c.CloseWrite()
	if got := <-served; got != "odd\n\x00" {
		t.Errorf("the server got %q", got)
	}
	c.WantClosed("it has nothing more to say")
	if _, err := c.Conn.Write([]byte("a")); !errors.Is(err, net.ErrClosed) {
		t.Errorf("the client has closed, too: %v", err)
	}
}

func TestReset(t *testing.T) {
	c, server := overTCP(t)
	io.WriteString(server, "HTTP/1.1")
	server.SetLinger(0)
	server.Close()
	c.WantReset("the server has gone")
	c, server = overTCP(t)
	server.SetLinger(0)
	server.Close()
	wantFailure(t, "a reset is no end", func(t rawhttp.T) { rawhttp.New(t, c.Conn).WantClosed("why") }, "why: got ", "want the end of the stream")
}

func TestWhatAConnectionCannotDo(t *testing.T) {
	client, server := net.Pipe()
	server.Close()
	wantFailure(t, "a pipe has no sides", func(t rawhttp.T) { rawhttp.New(t, client).CloseWrite() }, "*net.pipe")
	closed := says("")
	closed.Close()
	wantFailure(t, "a closed one is not reset", func(t rawhttp.T) { rawhttp.New(t, closed).WantReset("why") }, "closed pipe, want a reset")
	wantFailure(t, "there is nobody", func(t rawhttp.T) { rawhttp.Dial(t, "unix", "/nowhere/at/all") }, "cannot connect: ")
}
