//go:build unix

package actors

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/troupe-go/troupe/actors/internal/transport"
)

func unixListener(t *testing.T, path string) *transport.UnixListener {
	t.Helper()
	on, err := Listen("unix:" + path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { on.Close() })
	return on.(*transport.UnixListener)
}

// wantListening wants a client to reach the listener at its path.
func wantListening(t *testing.T, why string, on *transport.UnixListener) {
	t.Helper()
	client, err := net.Dial("unix", on.Addr().String())
	if err != nil {
		t.Fatalf("%s: %v", why, err)
	}
	defer client.Close()
	on.SetDeadline(time.Now().Add(patience))
	server, err := on.Accept()
	if err != nil {
		t.Fatalf("%s: the connection is another listener's: %v", why, err)
	}
	server.Close()
}

func TestAUnixSocketThatWasLeftBehindIsReplaced(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s")
	first := unixListener(t, path)
	if _, err := Listen("unix:" + path); !errors.Is(err, syscall.EADDRINUSE) {
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

// A server that ends while its successor listens at the same path does not remove the successor's socket.
func TestTheUnixSocketOfASuccessorStays(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s")
	old := unixListener(t, path)
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	successor := unixListener(t, path)
	old.Close()
	wantListening(t, "the old server has ended", successor)

	successor.Close()
	third := unixListener(t, path) // with the same inode, perhaps
	old.Close()
	successor.Close()
	wantListening(t, "to close a listener again does nothing", third)

	if err := os.Rename(path, path+".moved"); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte("dear"), 0o600); err != nil {
		t.Fatal(err)
	}
	third.Close()
	if content, err := os.ReadFile(path); string(content) != "dear" {
		t.Errorf("what is there is no socket of ours: got %q, %v", content, err)
	}
}

// A process that was given the socket may go on listening with it.
func TestTheUnixSocketThatWasGivenAwayStays(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s")
	first := unixListener(t, path)
	file, err := first.File()
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	server := NewServer(Config{Logger: noLog})
	handle(server, "/", saying("hello"))
	served := make(chan error, 1)
	go func() { served <- server.Serve(first) }()
	for !server.Ready() {
		time.Sleep(time.Millisecond)
	}
	if err := server.Shutdown(context.Background()); err != nil {
		t.Error(err)
	}
	<-served
	client, err := net.Dial("unix", path)
	if err != nil {
		t.Fatalf("the socket lives on: %v", err)
	}
	client.Close()
}

// If several servers start at the same time, one listens, and the others fail: none removes the socket of another.
func TestUnixListenersThatStartAtTheSameTime(t *testing.T) {
	for round := range 100 {
		path := filepath.Join(t.TempDir(), "s")
		dead := unixListener(t, path)
		dead.SetUnlinkOnClose(false)
		dead.Close()
		const servers = 4
		var starting sync.WaitGroup
		listening, failed := make(chan *transport.UnixListener, servers), make(chan error, servers)
		for range servers {
			starting.Go(func() {
				if on, err := Listen("unix:" + path); err == nil {
					listening <- on.(*transport.UnixListener)
				} else {
					failed <- err
				}
			})
		}
		starting.Wait()
		if len(listening) != 1 {
			t.Fatalf("round %d: %d servers believe to listen", round, len(listening))
		}
		for range servers - 1 {
			if err := <-failed; !errors.Is(err, syscall.EADDRINUSE) {
				t.Errorf("somebody listens: want %v, got %v", syscall.EADDRINUSE, err)
			}
		}
		on := <-listening
		wantListening(t, "one of them listens", on)
		on.Close()
	}
}

// Anybody can lock a directory that they can read.
func TestALockedDirectoryHoldsNobodyUp(t *testing.T) {
	directory := t.TempDir()
	defer lockDirectory(directory)()
	wantListening(t, "the lock is for servers that start", unixListener(t, filepath.Join(directory, "s")))
}

func TestAnAbstractUnixSocketHasNoFile(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("Linux has them")
	}
	t.Chdir(t.TempDir())
	const name = "@troupe-test"
	if err := os.WriteFile(name, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	on := unixListener(t, name)
	wantListening(t, "it is no file", on)
	on.Close()
	if _, err := os.Lstat(name); err != nil {
		t.Errorf("the file with its name is another one's: %v", err)
	}
}

func TestWhatIsNoUnixSocketStays(t *testing.T) {
	directory := t.TempDir()
	path := filepath.Join(directory, "letters")
	if err := os.WriteFile(path, []byte("dear"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, address := range []string{path, directory, filepath.Join(directory, "absent", "s")} {
		if on, err := Listen("unix:" + address); err == nil {
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
	handle(server, "/", answering(func(r *Request) *Response { return r.Text(200, r.peerName()) }))
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

// 0.0.0.0 is IPv4 alone, as everywhere but in package net.
func TestListenOnAnAddressOfOneFamily(t *testing.T) {
	if six, err := net.Listen("tcp6", "[::1]:0"); err != nil {
		t.Skipf("there is no IPv6 here: %v", err)
	} else {
		six.Close()
	}
	for address, network := range map[string]string{"0.0.0.0:0": "tcp4", "127.0.0.1:0": "tcp4", ":0": "", "[::]:0": ""} {
		on, err := Listen(address)
		if err != nil {
			t.Fatal(err)
		}
		port := on.Addr().(*net.TCPAddr).Port
		six, err := net.Dial("tcp6", fmt.Sprintf("[::1]:%d", port))
		if err == nil {
			six.Close()
		}
		if (err != nil) != (network == "tcp4") {
			t.Errorf("%s: by IPv6: %v", address, err)
		}
		if four, err := net.Dial("tcp4", fmt.Sprintf("127.0.0.1:%d", port)); err != nil {
			t.Errorf("%s: by IPv4: %v", address, err)
		} else {
			four.Close()
		}
		on.Close()
	}
}

// If connections cannot be accepted from a socket, Serve ends at once, with the reason.
func TestServeOnWhatDoesNotListen(t *testing.T) {
	for _, failure := range []error{syscall.EINVAL, syscall.EBADF, syscall.ENOTSOCK} {
		bubble(t, func(k *kit) {
			k.start()
			k.listener.accepts <- acceptance{err: os.NewSyscallError("accept4", failure)}
			wantError(t, "it cannot pass", k.served, failure)
			if k.log.count("ERROR cannot accept actor=listener") != 1 || k.log.count("trying again") > 0 {
				t.Errorf("got %q", k.log.written())
			}
		})
	}
}
