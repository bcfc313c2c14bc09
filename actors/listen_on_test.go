//go:build unix

package actors

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

func unixListener(t *testing.T, path string) *net.UnixListener {
	t.Helper()
	on, err := ListenOn("unix:" + path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { on.Close() })
	return on.(*net.UnixListener)
}

func TestAUnixSocketThatWasLeftBehindIsReplaced(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s")
	first := unixListener(t, path)
	if _, err := ListenOn("unix:" + path); !errors.Is(err, syscall.EADDRINUSE) {
		t.Errorf("somebody listens: want %v, got %v", syscall.EADDRINUSE, err)
	}
	first.SetUnlinkOnClose(false) // as if the process had been killed
	first.Close()
	if _, err := os.Lstat(path); err != nil {
		t.Fatal(err)
	}
	unixListener(t, path).Close()
	if _, err := os.Lstat(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the file is removed at the end: %v", err)
	}
}

func TestWhatIsNoUnixSocketStays(t *testing.T) {
	directory := t.TempDir()
	path := filepath.Join(directory, "letters")
	if err := os.WriteFile(path, []byte("dear"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, address := range []string{path, directory, filepath.Join(directory, "absent", "s")} {
		if on, err := ListenOn("unix:" + address); err == nil {
			on.Close()
			t.Errorf("%s cannot be listened on", address)
		}
	}
	if content, err := os.ReadFile(path); string(content) != "dear" {
		t.Errorf("a file that is no socket is left alone: got %q, %v", content, err)
	}
}

func TestServeOverAUnixSocket(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s")
	server := NewServer(Config{Logger: noLog})
	server.Handle("/", answering(func(r *Request) *Response { return r.Text(200, r.Peer) }))
	on := unixListener(t, path)
	served := make(chan error, 1)
	go func() { served <- server.Serve(on) }()
	transport := &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", path)
	}}
	response, err := (&http.Client{Transport: transport}).Get("http://a/")
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(response.Body)
	response.Body.Close()
	if string(got) != "unix" || err != nil {
		t.Errorf("a client on a Unix socket has no address: got %q, %v", got, err)
	}
	transport.CloseIdleConnections()
	if err := server.Shutdown(context.Background()); err != nil {
		t.Error(err)
	}
	if err := <-served; !errors.Is(err, ErrServerClosed) {
		t.Error(err)
	}
	if _, err := os.Lstat(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the file is removed at the end: %v", err)
	}
}
