package transport

import (
	"errors"
	"net"
	"os"
	"strconv"
	"syscall"
	"testing"
	"time"
	"unsafe"
)

// A client believes that it is connected when half of its handshake is done (RFC 9293 §3.5). What it has sent
// by then completes it, when that is sent again.
func TestAHandshakeThatIsUnderWayIsWaitedFor(t *testing.T) {
	for address, host := range map[string]string{"127.0.0.1:0": "127.0.0.1", "[::1]:0": "::1", "[::]:0": "127.0.0.1"} {
		t.Run(address, func(t *testing.T) {
			on := ownTCP(t, address)
			l, at := kernelOf(t, on), on.Addr().(*net.TCPAddr)
			if handshaking(at) {
				t.Skip("the kernel does not tell of handshakes here")
			}
			filter(t, on, firstSegmentsOnly)
			client, err := net.DialTimeout("tcp", net.JoinHostPort(host, strconv.Itoa(at.Port)), 10*time.Second)
			if err != nil {
				t.Fatal(err)
			}
			defer client.Close()
			if !handshaking(at) {
				t.Fatal("the server has not heard the last step of the handshake")
			}
			if !l.refuse() {
				t.Fatal("want to be told that some have begun to connect")
			}
			if _, err := client.Write([]byte("x")); err != nil {
				t.Fatal(err)
			}
			l.settle(time.Minute)
			if l.each(10, func(fd int, _ syscall.Sockaddr) { syscall.Close(fd) }); handshaking(at) {
				t.Error("it was waited for")
			}
			if _, err := client.Read(make([]byte, 1)); err == nil || errors.Is(err, os.ErrDeadlineExceeded) {
				t.Errorf("it was accepted and then closed: %v", err)
			}
		})
	}
}

// A newcomer is not heard at all: it is neither connected nor reset, until the socket is closed.
func TestANewcomerIsNotHeard(t *testing.T) {
	on := ownTCP(t, "127.0.0.1:0")
	l := kernelOf(t, on)
	early, err := net.Dial("tcp", on.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer early.Close()
	if !l.refuse() {
		t.Fatal("want the newcomers refused")
	}
	if conn, err := net.DialTimeout("tcp", on.Addr().String(), 100*time.Millisecond); !os.IsTimeout(err) {
		t.Errorf("want silence, got %v, %v", conn, err)
	}
	l.settle(250 * time.Millisecond)
	accepted := 0
	if l.each(10, func(fd int, _ syscall.Sockaddr) { accepted++; syscall.Close(fd) }); accepted != 1 {
		t.Errorf("the one that had come before is accepted: got %d", accepted)
	}
	l.Close()
	if _, err := net.Dial("tcp", on.Addr().String()); !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("nobody listens: want %v, got %v", syscall.ECONNREFUSED, err)
	}
}

// On a Unix socket nothing needs waiting.
func TestANewcomerOnAUnixSocketIsRefused(t *testing.T) {
	path := t.TempDir() + "/s"
	unix, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	on := Own(unix)
	defer on.Close()
	l := kernelOf(t, on)
	early, err := net.Dial("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	defer early.Close()
	if err := os.Link(path, path+".link"); err != nil { // as if it had looked the path up before
		t.Fatal(err)
	}
	if l.refuse() {
		t.Error("there is nothing to wait for")
	}
	if _, err := net.Dial("unix", path); !errors.Is(err, syscall.ENOENT) {
		t.Errorf("a newcomer: want %v, got %v", syscall.ENOENT, err)
	}
	if _, err := net.Dial("unix", path+".link"); !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("one that is late by a moment: want %v, got %v", syscall.ECONNREFUSED, err)
	}
	accepted := 0
	if l.each(10, func(fd int, _ syscall.Sockaddr) { accepted++; syscall.Close(fd) }); accepted != 1 {
		t.Errorf("the one that had come before is accepted: got %d", accepted)
	}
}

// Other processes that listen on the same socket go on: nothing may change it.
func TestASharedSocketIsLeftAlone(t *testing.T) {
	tcp := func(t *testing.T) net.Listener { return ownTCP(t, "127.0.0.1:0") }
	unix := func(t *testing.T) net.Listener {
		on, err := net.Listen("unix", t.TempDir()+"/s")
		if err != nil {
			t.Fatal(err)
		}
		return Own(on)
	}
	for name, shared := range map[string]func(t *testing.T) net.Listener{
		"TCP, File":  func(t *testing.T) net.Listener { return successorOf(t, tcp(t), true) },
		"TCP":        func(t *testing.T) net.Listener { return successorOf(t, tcp(t), false) },
		"Unix, File": func(t *testing.T) net.Listener { return successorOf(t, unix(t), true) },
		"Unix":       func(t *testing.T) net.Listener { return successorOf(t, unix(t), false) },
	} {
		t.Run(name, func(t *testing.T) {
			successor := shared(t)
			client, err := net.DialTimeout(successor.Addr().Network(), successor.Addr().String(), 900*time.Millisecond)
			if err != nil { // a SYN that was dropped is sent again after a second
				t.Fatalf("the successor listens: %v", err)
			}
			client.Close()
			if conn, err := successor.Accept(); err != nil {
				t.Error(err)
			} else {
				conn.Close()
			}
		})
	}
}

// successorOf gives the socket away, by File or by SyscallConn, and has the listener drain.
func successorOf(t *testing.T, on net.Listener, byFile bool) net.Listener {
	t.Helper()
	var file *os.File
	if byFile {
		file, _ = on.(filed).File()
	} else if raw, err := on.(filed).SyscallConn(); err == nil {
		raw.Control(func(fd uintptr) {
			copied, _ := syscall.Dup(int(fd))
			file = os.NewFile(uintptr(copied), "")
		})
	}
	defer file.Close()
	successor, err := net.FileListener(file)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { successor.Close() })
	l := kernelOf(t, on)
	if l.refuse() {
		t.Error("want nobody refused")
	}
	l.Close()
	return successor
}

func ownTCP(t *testing.T, address string) *TCPListener {
	t.Helper()
	var config net.ListenConfig
	config.SetMultipathTCP(false)
	on, err := config.Listen(t.Context(), "tcp", address)
	if err != nil {
		t.Skip(err) // not everywhere is there IPv6
	}
	t.Cleanup(func() { on.Close() })
	return Own(on).(*TCPListener)
}

func kernelOf(t *testing.T, on net.Listener) *kernelListener {
	t.Helper()
	l, err := newKernelListener(on)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

// firstSegmentsOnly is a program that drops all that comes after the first segment of a connection.
var firstSegmentsOnly = [...]syscall.SockFilter{
	withoutSYN[0], withoutSYN[1], withoutSYN[3], withoutSYN[2],
}

func filter(t *testing.T, on *TCPListener, instructions [4]syscall.SockFilter) {
	t.Helper()
	raw, err := on.TCPListener.SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	raw.Control(func(fd uintptr) {
		program := syscall.SockFprog{Len: uint16(len(instructions)), Filter: &instructions[0]}
		octets := unsafe.Slice((*byte)(unsafe.Pointer(&program)), unsafe.Sizeof(program))
		err = syscall.SetsockoptString(int(fd), syscall.SOL_SOCKET, syscall.SO_ATTACH_FILTER, string(octets))
	})
	if err != nil {
		t.Fatal(err)
	}
}
