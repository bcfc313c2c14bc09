//go:build unix

package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/spf13/cobra"
	"github.com/troupe-go/troupe/actors"
	"github.com/troupe-go/troupe/actors/actorstest"
)

// behind starts another server, and returns its host and port.
func behind(t *testing.T, handle http.HandlerFunc) string {
	t.Helper()
	server := httptest.NewServer(handle)
	t.Cleanup(server.Close)
	return strings.TrimPrefix(server.URL, "http://")
}

// tell answers with what came.
func tell(w http.ResponseWriter, r *http.Request) {
	content, _ := io.ReadAll(r.Body)
	fmt.Fprintf(w, "%s %s host=%s content=%q", r.Method, r.RequestURI, r.Host, content)
	for _, name := range []string{"X-A", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "Authorization"} {
		if values := r.Header.Values(name); values != nil {
			fmt.Fprintf(w, " %s=%s", name, strings.Join(values, ","))
		}
	}
}

func TestProxyPassesEverythingOn(t *testing.T) {
	to := behind(t, tell)
	_, port, _ := net.SplitHostPort(to)
	for _, written := range []string{to, "http://" + to, port} {
		p, c := servingOn(t, "proxy", written)
		p.want("  /                            to http://" + to)
		for request, want := range map[string]string{
			get("/"):                               `GET / host=` + to + ` content=""`,
			get("/health"):                         `GET /health host=` + to + ` content=""`,
			get("/a//b%2Fc?d=e;f&g"):               `GET /a//b%2Fc?d=e;f&g host=` + to + ` content=""`,
			"PURGE /x HTTP/1.1\r\nHost: a\r\n\r\n": `PURGE /x host=` + to + ` content=""`,
			"POST /p HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc": `POST /p host=` + to + ` content="abc"`,
			"OPTIONS /o HTTP/1.1\r\nHost: a\r\n\r\n":                      `OPTIONS /o host=` + to + ` content=""`,
		} {
			c.Send(request)
			if r, err := c.Read("GET"); err != nil || r.Status != "200 OK" || !strings.HasPrefix(r.Content, want) {
				t.Errorf("%q: got %v, %v, want %s", request, r, err, want)
			}
		}
		p.end()
	}
}

func TestTheFlagsOfProxy(t *testing.T) {
	to := behind(t, tell)
	from := freeAddress(t)
	p := start(t, "", nil, "proxy", from, "http://"+to+"/base/", "--preserve-host", "--trusted", "127.0.0.0/8", "--health", "/health",
		"--header", "X-A: 1", "--header", "X-A: 2", "--header", "Authorization: Bearer x", "--header", "Host: chosen.example")
	p.want("Server running at http://" + from)
	p.want("  GET /health                  whether it takes new connections")
	p.want("  /                            to http://" + to + "/base/")
	c := actorstest.Dial(t, "tcp", from)
	c.Send("GET /a HTTP/1.1\r\nHost: example.com\r\nX-A: client\r\nX-Forwarded-For: 192.0.2.7\r\nauthorization: Basic y\r\n\r\n" + get("/health"))
	c.Want("all of it", "200 OK", `GET /base/a host=chosen.example content="" X-A=1,2 X-Forwarded-For=192.0.2.7, 127.0.0.1 X-Forwarded-Host=example.com X-Forwarded-Proto=http Authorization=Bearer x`)
	c.Want("its own", "200 OK", `{"status": "ready"}`)
	c.Send("POST /health HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n")
	c.Want("another method", "200 OK")
	c.Conn.Close()
	p.end()
}

// Content goes through as it comes, in both directions.
func TestProxyStreams(t *testing.T) {
	came, more := make(chan string, 1), make(chan struct{})
	to := behind(t, func(w http.ResponseWriter, r *http.Request) {
		line, _ := bufio.NewReader(r.Body).ReadString('\n')
		came <- line
		io.Copy(io.Discard, r.Body)
		io.WriteString(w, "first")
		w.(http.Flusher).Flush()
		<-more
		io.WriteString(w, "second")
	})
	p, c := servingOn(t, "proxy", to)
	c.Send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nabc\n\r\n")
	select {
	case line := <-came:
		if line != "abc\n" {
			t.Errorf("got %q", line)
		}
	case <-time.After(5 * time.Second):
		t.Fatal("nothing goes through before the end of the request")
	}
	c.Send("0\r\n\r\n")
	c.Conn.SetReadDeadline(time.Now().Add(5 * time.Second))
	head := make([]byte, 4096)
	for got := ""; !strings.Contains(got, "first"); {
		n, err := c.Conn.Read(head)
		if err != nil {
			t.Fatalf("nothing comes through before the end of the response: %q, %v", got, err)
		}
		got += string(head[:n])
	}
	close(more)
	rest, err := bufio.NewReader(c.Conn).ReadString('d')
	if err != nil || !strings.HasSuffix(rest, "second") {
		t.Errorf("got %q, %v", rest, err)
	}
	c.Conn.Close()
	p.end()
}

func TestProxyToAServerThatFails(t *testing.T) {
	gone := freeAddress(t)
	p, c := servingOn(t, "proxy", gone)
	c.Send(get("/"))
	c.Want("nobody is there", "502 Bad Gateway")
	c.Conn.Close()
	p.end()
	if !strings.Contains(p.log.String(), gone+": dial tcp") {
		t.Errorf("the log does not say why:\n%s", p.log.String())
	}
	released := make(chan struct{})
	slow := behind(t, func(http.ResponseWriter, *http.Request) { <-released })
	defer close(released)
	p, c = servingOn(t, "proxy", slow, "--response-timeout", "200ms")
	c.Send(get("/"))
	c.Want("it takes too long", "504 Gateway Timeout")
	c.Conn.Close()
	p.end()
	p, c = servingOn(t, "proxy", slow, "--handler-timeout", "200ms")
	c.Send(get("/"))
	c.Want("the handler takes too long", "504 Gateway Timeout")
	c.Conn.Close()
	p.end()
}

// The timeout of handlers is none of uploads, unless it is set.
func TestTheTimeoutOfProxy(t *testing.T) {
	for args, want := range map[string]time.Duration{"": -1, "--handler-timeout 30s": 30 * time.Second} {
		f, server := &forwarding{}, actors.NewServer(actors.Config{Logger: slog.New(slog.DiscardHandler)})
		o := &options{}
		all := append(f.settings(), o.settings()...)
		c := &cobra.Command{Use: "proxy", RunE: func(*cobra.Command, []string) error { return all.read(nil) }}
		all.define(c)
		c.SetArgs(append(strings.Fields(args), "--to", "9000"))
		if err := c.Execute(); err != nil {
			t.Fatal(err)
		}
		if _, err := f.routes(server, o, all); err != nil {
			t.Fatal(err)
		}
		if got := server.Routes()[0]; got.Timeout != want || !got.StreamBody {
			t.Errorf("%s: got %+v", args, got)
		}
		server.Close()
	}
}

// As many requests are passed on at a time as there may be connections.
func TestHowMuchAProxyPassesOnAtATime(t *testing.T) {
	var now, most atomic.Int64
	to := behind(t, func(http.ResponseWriter, *http.Request) {
		if n := now.Add(1); n > most.Load() {
			most.Store(n)
		}
		time.Sleep(50 * time.Millisecond)
		now.Add(-1)
	})
	server := actors.NewServer(actors.Config{Logger: slog.New(slog.DiscardHandler)})
	defer server.Close()
	f := &forwarding{to: to, health: "/health"}
	if _, err := f.handle(server, -1, 2); err != nil {
		t.Fatal(err)
	}
	var clients sync.WaitGroup
	for range 8 {
		clients.Go(func() {
			if r, err := server.Do(context.Background(), actors.NewRequest("GET", "/", nil)); err != nil || r.Status != 200 {
				t.Errorf("got %v, %v", r, err)
			}
		})
	}
	clients.Wait()
	if most.Load() != 2 {
		t.Errorf("%d at a time, want 2", most.Load())
	}
	if health := server.Routes()[1]; health.Pattern != "GET /health" || !health.Vital {
		t.Errorf("got %+v", health)
	}
}

func TestProxyDrains(t *testing.T) {
	begun := make(chan struct{})
	to := behind(t, func(w http.ResponseWriter, r *http.Request) {
		close(begun)
		time.Sleep(500 * time.Millisecond)
		io.WriteString(w, "late")
	})
	p, c := servingOn(t, "proxy", to, "--health", "/well", "--drain-delay", "200ms")
	c.Send(get("/"))
	<-begun
	p.command.Process.Signal(syscall.SIGINT)
	time.Sleep(100 * time.Millisecond)
	other := actorstest.Dial(t, "unix", c.Conn.RemoteAddr().String())
	other.Send(get("/well"))
	other.Want("it says that it drains", "503 Service Unavailable", `{"status": "draining"}`)
	c.Want("what had begun", "200 OK", "late")
	p.await()
}

func TestProxyFromAFile(t *testing.T) {
	to := behind(t, tell)
	file := writeFile(t, fmt.Sprintf("to = %q\naddr = \"unix:%s\"\nheader = ['X-A: f']", to, filepath.Join(t.TempDir(), "s")))
	p := start(t, "TROUPE_PRESERVE_HOST=1", nil, "proxy", "--config", file)
	p.lines.Scan()
	c := actorstest.Dial(t, "unix", strings.TrimPrefix(p.lines.Text(), "Server running at unix:"))
	c.Send(get("/"))
	c.Want("of the file", "200 OK", `GET / host=a content="" X-A=f X-Forwarded-Host=a X-Forwarded-Proto=http`)
	c.Conn.Close()
	p.end()
}

func TestMistakesWithProxy(t *testing.T) {
	for args, want := range map[string]string{
		"":                            "there is no TO: to which server?",
		"127.0.0.1:0 :1 :2":           `unexpected argument ":2"`,
		"nonsense":                    `TO "nonsense": no server, for example http://127.0.0.1:9000, 127.0.0.1:9000 or 9000`,
		"8080 9000":                   `FROM "8080": not host:port`,
		"--to :9000":                  `--to ":9000": no server`,
		"0":                           `TO "0": "0" is no port`,
		"a:99999":                     `TO "a:99999": "99999" is no port`,
		"99999":                       `TO "99999": no server`,
		"a:http":                      `TO "a:http": no server`,
		"ftp://a":                     `TO "ftp://a": no server`,
		"http://":                     `TO "http://": no server`,
		"http://u@a":                  `TO "http://u@a": it may have a scheme, a host, a port and a path`,
		"http://a/?b":                 `TO "http://a/?b": it may have`,
		"http://a/?":                  `TO "http://a/?": it may have`,
		"0.0.0.0:9000 localhost:9000": `TO "localhost:9000": that is where`,
		"9000 --to 9001":              `TO "9000" with --to "9001": give one of them`,
		":1 9000 --addr :2":           `FROM ":1" with --addr ":2": give one of them`,
		"8080":                        `TO "8080": that is where this proxy listens itself`,
		":80 http://localhost":        `TO "http://localhost": that is where`,
		"a:443 https://A/b":           `TO "https://A/b": that is where`,
		"9000 --header a":             `--header "a": must be a name and a value`,
		"9000 --trusted a":            `--trusted "a": "a" is neither a network`,
		"9000 --health health":        "--health health: must be a path, as /health",
		"9000 --health /{a}":          "--health /{a}: must be a path",
		"9000 --health /a/../b":       "--health /a/../b: must be a path",
		"9000 --health /":             "--health /: must be a path",
		"9000 --response-timeout 0":   "--response-timeout 0s: must be above 0",
		"9000 --connect-timeout -1s":  "--connect-timeout -1s: must be above 0",
		"9000 --demo":                 "there is no flag --demo",
	} {
		status, stdout, stderr := ran(nil, append([]string{"proxy"}, strings.Fields(args)...)...)
		if status != exitUsage || stdout != "" || !strings.HasPrefix(stderr, "troupe: "+want) || strings.Count(stderr, "\n") != 1 {
			t.Errorf("%s: exit status %d, %q, %q; want %s", args, status, stdout, stderr, want)
		}
	}
	for _, args := range []string{":80 https://localhost", "a:80 b:80", ":80 192.0.2.7:80", "unix:/s 80"} {
		f, o := &forwarding{}, &options{}
		fields := strings.Fields(args)
		o.addr, f.to = addresses{fields[0]}, fields[1]
		if err := f.check(o.addr); err != nil {
			t.Errorf("%s: %v", args, err)
		}
	}
}
