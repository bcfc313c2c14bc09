package compat_test

import (
	"errors"
	"log"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"

	"github.com/gorilla/websocket"
)

// Hijack does not exist here. Whoever asks for it gets an error, and the client gets an answer.
func TestGorillaWebsocketIsRefused(t *testing.T) {
	wantNoGoroutinesLeft(t)
	failed := make(chan error, 1)
	s := onTroupe(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		upgrader := websocket.Upgrader{}
		_, err := upgrader.Upgrade(w, r, nil)
		failed <- err
	}))
	wantHandshakeRefused(t, s, 500)
	err := <-failed
	if err == nil {
		t.Fatal("Upgrade succeeds")
	}
	wantIn(t, err.Error(), "http.Hijacker")
}

// A proxy answers 502 when the back end switches protocols, and says why. It then leaves the connection to the back end
// open, so it should not ask for another protocol.
func TestReverseProxyOfWebsocketsIsRefused(t *testing.T) {
	wantNoGoroutinesLeft(t)
	behind := onNetHTTP(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		upgrader := websocket.Upgrader{}
		if conn, err := upgrader.Upgrade(w, r, nil); err == nil {
			conn.Close()
		}
	}))
	target, _ := url.Parse(behind.url)
	said := &lines{}
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	asks := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(target) }, Transport: transport, ErrorLog: log.New(said, "", 0)}
	asksNot := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(target); r.Out.Header.Del("Upgrade") }, Transport: transport}
	wantHandshakeRefused(t, onTroupe(t, asks), 502)
	eventually(t, "a line about it", func() bool { return strings.Contains(said.String(), "non-Hijacker") })
	wantHandshakeRefused(t, onTroupe(t, asksNot), 400)
}

func wantHandshakeRefused(t *testing.T, s *site, status int) {
	t.Helper()
	_, response, err := websocket.DefaultDialer.Dial("ws"+strings.TrimPrefix(s.url, "http"), nil)
	if err != websocket.ErrBadHandshake {
		t.Fatal("the client:", err)
	}
	want(t, "status", response.StatusCode, status)
}

// What a handler can find out before it tries.
func TestWhatIsNotOffered(t *testing.T) {
	s := onTroupe(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, hijacks := w.(http.Hijacker)
		_, pushes := w.(http.Pusher)
		_, _, err := http.NewResponseController(w).Hijack()
		if hijacks || pushes || !errors.Is(err, http.ErrNotSupported) {
			t.Error(hijacks, pushes, err)
		}
		if server, is := r.Context().Value(http.ServerContextKey).(*http.Server); !is || server.Shutdown(r.Context()) != nil {
			t.Error("http.ServerContextKey is no server that is safe to use")
		}
	}))
	s.get(t, "/", 200)
}
