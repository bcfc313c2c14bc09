package handlers_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"net/netip"
	"net/textproto"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/troupe-go/troupe/actors"
	"github.com/troupe-go/troupe/actors/handlers"
)

// A lineLog is what a server has logged.
type lineLog struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *lineLog) Write(line []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(line)
}

func (l *lineLog) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// before serves a proxy to a server, and returns its URL.
func before(t *testing.T, to string, options handlers.ProxyOptions) (address string, log *lineLog) {
	t.Helper()
	handler, err := handlers.Proxy(to, options)
	if err != nil {
		t.Fatal(err)
	}
	log = &lineLog{}
	server := actors.NewServer(actors.Config{Logger: slog.New(slog.NewTextHandler(log, nil))})
	server.Handle("/", handler, actors.StreamBody())
	on, err := actors.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := server.Start(on); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		if err := server.Shutdown(ctx); err != nil {
			t.Error(err)
		}
	})
	return "http://" + on.Addr().String(), log
}

func fetch(t *testing.T, request *http.Request) (*http.Response, string) {
	t.Helper()
	client := &http.Client{Transport: &http.Transport{DisableCompression: true}}
	defer client.CloseIdleConnections()
	response, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response, string(content)
}

func TestAProxyPassesRequestsOn(t *testing.T) {
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Link", "</a.css>")
		w.WriteHeader(103)
		w.Header().Del("Link")
		w.Header().Set("X-Own", "own")
		w.Header().Set("Trailer", "X-T")
		w.WriteHeader(201)
		content, err := io.ReadAll(r.Body)
		fmt.Fprintf(w, "%s %s %v %s %v host=%v\n", r.Method, r.RequestURI, r.ContentLength, content, err, r.Host == r.Context().Value(http.LocalAddrContextKey).(net.Addr).String())
		for _, name := range []string{"Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Hop", "Te", "X-Kept", "Proxy-Authorization"} {
			fmt.Fprintf(w, "%s: %q\n", name, r.Header.Values(name))
		}
		w.Header().Set("X-T", "t")
	}))
	defer other.Close()
	for name, test := range map[string]struct {
		options handlers.ProxyOptions
		want    string
	}{
		"plain": {handlers.ProxyOptions{}, `POST /base/a%2Fb/?q=%20;x 7 content <nil> host=true
Forwarded: ["for=127.0.0.1;proto=http;host=\"HOST\""]
X-Forwarded-For: ["127.0.0.1"]
X-Forwarded-Host: ["HOST"]
X-Forwarded-Proto: ["http"]
X-Hop: []
Te: []
X-Kept: ["kept"]
Proxy-Authorization: []
`},
		"after a trusted one": {handlers.ProxyOptions{Trusted: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, PreserveHost: true, Change: func(from *actors.Request, to *http.Request) {
			to.Header.Set("X-Kept", from.Method())
		}}, `POST /base/a%2Fb/?q=%20;x 7 content <nil> host=false
Forwarded: ["for=192.0.2.7" "for=127.0.0.1;proto=http;host=\"HOST\""]
X-Forwarded-For: ["192.0.2.8, 127.0.0.1"]
X-Forwarded-Host: ["HOST"]
X-Forwarded-Proto: ["gopher"]
X-Hop: []
Te: []
X-Kept: ["POST"]
Proxy-Authorization: []
`},
	} {
		address, _ := before(t, other.URL+"/base", test.options)
		request, _ := http.NewRequest("POST", address+"/a%2Fb/?q=%20;x", strings.NewReader("content"))
		for name, value := range map[string]string{
			"Forwarded": "for=192.0.2.7", "X-Forwarded-For": "192.0.2.8", "X-Forwarded-Proto": "gopher",
			"Connection": "X-Hop", "X-Hop": "x", "Te": "gzip", "X-Kept": "kept", "Proxy-Authorization": "Basic eA==",
		} {
			request.Header.Set(name, value)
		}
		hints := ""
		request = request.WithContext(httptrace.WithClientTrace(context.Background(), &httptrace.ClientTrace{
			Got1xxResponse: func(code int, header textproto.MIMEHeader) error {
				hints += fmt.Sprint(code, header.Get("Link"))
				return nil
			},
		}))
		response, content := fetch(t, request)
		want := strings.ReplaceAll(test.want, "HOST", strings.TrimPrefix(address, "http://"))
		if content != want || response.StatusCode != 201 || response.Header.Get("X-Own") != "own" || response.Trailer.Get("X-T") != "t" || hints != "103</a.css>" {
			t.Errorf("%s: %d %v %v %s\n%s\nwant\n%s", name, response.StatusCode, response.Header, response.Trailer, hints, content, want)
		}
	}
}

// Content goes through as it comes, in both directions at once.
func TestAProxyStreams(t *testing.T) {
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.NewResponseController(w).EnableFullDuplex()
		w.Header().Set("Content-Type", "text/event-stream")
		w.(http.Flusher).Flush()
		for lines := bufio.NewScanner(r.Body); lines.Scan(); {
			fmt.Fprintln(w, "got", lines.Text())
			w.(http.Flusher).Flush()
		}
	}))
	defer other.Close()
	address, _ := before(t, other.URL, handlers.ProxyOptions{})
	from, to := io.Pipe()
	request, _ := http.NewRequest("POST", address, from)
	request.ContentLength = -1
	go io.WriteString(to, "one\n")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	lines := bufio.NewReader(response.Body)
	for _, word := range []string{"one", "two", "three"} {
		if word != "one" {
			io.WriteString(to, word+"\n")
		}
		if line, err := lines.ReadString('\n'); line != "got "+word+"\n" {
			t.Fatal(line, err)
		}
	}
	to.Close()
	if rest, err := io.ReadAll(lines); len(rest) > 0 || err != nil {
		t.Error(string(rest), err)
	}
}

func TestAProxyWhoseServerFails(t *testing.T) {
	closed := httptest.NewServer(nil)
	closed.Close()
	slow := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
	defer slow.Close()
	broken := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch conn, _, _ := http.NewResponseController(w).Hijack(); r.URL.Path {
		case "/nonsense":
			io.WriteString(conn, "what?\r\n\r\n")
			conn.Close()
		case "/breaks-off":
			io.WriteString(conn, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n")
			conn.Close()
		default:
			io.WriteString(conn, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
			conn.Close()
		}
	}))
	defer broken.Close()
	for _, test := range []struct{ to, path, status, why string }{
		{closed.URL, "/", "502", "connection refused"},
		{slow.URL, "/", "504", "timeout awaiting response headers"},
		{broken.URL, "/nonsense", "502", "malformed HTTP response"},
		{broken.URL, "/switch", "501", "does not pass other protocols on"},
		{broken.URL, "/unasked", "501", "does not pass other protocols on"},
		{"http://name.invalid", "/", "502", "name.invalid"},
	} {
		address, log := before(t, test.to, handlers.ProxyOptions{ResponseTimeout: 50 * time.Millisecond})
		request, _ := http.NewRequest("GET", address+test.path, nil)
		if test.path == "/switch" {
			request.Header.Set("Connection", "Upgrade")
			request.Header.Set("Upgrade", "websocket")
		}
		response, content := fetch(t, request)
		host := strings.TrimPrefix(test.to, "http://")
		if !strings.HasPrefix(response.Status, test.status) || strings.Contains(content, host) {
			t.Errorf("%s%s: %s %q", test.to, test.path, response.Status, content)
		}
		time.Sleep(10 * time.Millisecond)
		if !strings.Contains(log.String(), test.why) || !strings.Contains(log.String(), host) && test.path != "/switch" {
			t.Errorf("%s%s: the log does not say why: %s", test.to, test.path, log)
		}
	}
	address, _ := before(t, broken.URL, handlers.ProxyOptions{})
	response, err := http.Get(address + "/breaks-off")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if content, err := io.ReadAll(response.Body); err == nil {
		t.Errorf("a response that breaks off looks whole: %q", content)
	}
}

// A client that leaves ends the request to the other server.
func TestAProxyWhoseClientLeaves(t *testing.T) {
	left := make(chan bool, 1)
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		<-r.Context().Done()
		left <- true
	}))
	defer other.Close()
	address, _ := before(t, other.URL, handlers.ProxyOptions{})
	ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
	defer cancel()
	request, _ := http.NewRequestWithContext(ctx, "GET", address, nil)
	if _, err := http.DefaultClient.Do(request); err == nil {
		t.Error("no error")
	}
	select {
	case <-left:
	case <-time.After(5 * time.Second):
		t.Error("the other server still works")
	}
}

func TestMistakesWithProxies(t *testing.T) {
	for _, to := range []string{"", "localhost:9000", "ftp://h", "http://", "http://h/?q", "http://u:p@h", "http://h/#f", "http://[", "/path"} {
		if _, err := handlers.Proxy(to, handlers.ProxyOptions{}); err == nil {
			t.Errorf("%q: no error", to)
		}
	}
}
