package rawhttp_test

import (
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/troupe-go/troupe/actors/internal/duplex"
	"github.com/troupe-go/troupe/actors/internal/rawhttp"
)

// A judged test is one that should fail: it keeps what it fails with.
type judged struct {
	*testing.T
	failure string
}

// failed is what ends a judged test.
type failed struct{}

func (j *judged) Fatalf(format string, args ...any) {
	j.failure = fmt.Sprintf(format, args...)
	panic(failed{})
}

// wantFailure wants the test to fail with all these parts in what it says.
func wantFailure(t *testing.T, why string, test func(rawhttp.T), parts ...string) {
	t.Helper()
	j := &judged{T: t}
	func() {
		defer func() {
			if cause := recover(); cause != nil && cause != (failed{}) {
				panic(cause)
			}
		}()
		test(j)
	}()
	for _, part := range parts {
		if !strings.Contains(j.failure, part) {
			t.Errorf("%s: the test fails with %q, want %q in it", why, j.failure, part)
		}
	}
	if j.failure == "" {
		t.Errorf("%s: the test does not fail", why)
	}
}

// says is a connection in memory whose server says these octets and ends the stream.
func says(octets string) net.Conn {
	client, server := duplex.New()
	go func() {
		fmt.Fprint(server, octets)
		server.Close()
	}()
	return client
}

// hangs is a connection in memory whose server says these octets, and no more.
func hangs(t *testing.T, octets string) net.Conn {
	client, server := duplex.New()
	t.Cleanup(func() { server.Close() })
	go fmt.Fprint(server, octets)
	return client
}

// hurried has little patience.
func hurried(t rawhttp.T, conn net.Conn) *rawhttp.Client {
	c := rawhttp.New(t, conn)
	c.Patience = 50 * time.Millisecond
	return c
}

// overTCP is both ends of a connection over TCP.
func overTCP(t *testing.T) (client *rawhttp.Client, server *net.TCPConn) {
	t.Helper()
	on, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer on.Close()
	client = rawhttp.Dial(t, "tcp", on.Addr().String())
	conn, err := on.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return client, conn.(*net.TCPConn)
}
