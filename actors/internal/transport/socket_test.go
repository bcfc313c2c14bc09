package transport

import (
	"bytes"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/troupe-go/troupe/actors/internal/duplex"
)

// A socketTest is a socket, the client on its other end, and the notices that it gave.
type socketTest struct {
	Socket
	client  net.Conn
	notices chan struct{}
}

// sockets are the kinds of socket that there are. All mean the same by each method.
var sockets = map[string]func(t *testing.T) (Socket, net.Conn){
	"in memory": func(t *testing.T) (Socket, net.Conn) {
		client, server := duplex.New()
		return NewStream(server), client
	},
	"TCP, any net.Conn": func(t *testing.T) (Socket, net.Conn) {
		return dialAcceptor(t, func(on net.Listener) Acceptor { return streamAcceptor{on} })
	},
	"TCP, as the listener accepts it": func(t *testing.T) (Socket, net.Conn) {
		return dialAcceptor(t, func(on net.Listener) Acceptor { return NewAcceptor(on, polling(t)) })
	},
	"a Unix socket, as the listener accepts it": dialUnix,
	"TLS":                            dialTLSSocket(polling),
	"TLS, by a goroutine":            dialTLSSocket(unpolled),
	"TLS of a listener's own":        dialOwnTLS,
	"TCP by a proxy":                 dialProxied(polling),
	"TCP by a proxy, by a goroutine": dialProxied(unpolled),
}

func dialAcceptor(t *testing.T, from func(net.Listener) Acceptor) (Socket, net.Conn) {
	on, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	a := from(on)
	t.Cleanup(func() { a.Close() })
	client, err := net.Dial("tcp", on.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	s, err := a.AcceptSocket()
	if err != nil {
		t.Fatal(err)
	}
	if got, wanted := s.Peer(), client.LocalAddr().String(); got != wanted {
		t.Errorf("the address of the client: want %s, got %s", wanted, got)
	}
	return s, client
}

func eachSocket(t *testing.T, test func(t *testing.T, s *socketTest)) {
	for name, dial := range sockets {
		t.Run(name, func(t *testing.T) {
			test(t, newSocketTest(t, dial))
		})
	}
}

// newSocketTest opens a socket, and prepares it if it has to be.
func newSocketTest(t *testing.T, dial func(t *testing.T) (Socket, net.Conn)) *socketTest {
	s := &socketTest{notices: make(chan struct{}, 100)}
	s.Socket, s.client = dial(t)
	s.Open(func() { s.notices <- struct{}{} }, func() {})
	t.Cleanup(func() { s.Close(); s.client.Close() })
	if s.Preparing() {
		s.Demand()
		if octets, err := s.takeNext(); octets != "" || err != nil || s.Preparing() {
			t.Fatalf("it was only prepared: got %q, %v", octets, err)
		}
	}
	return s
}

// bottomOf is what lies below TLS.
func bottomOf(client net.Conn) net.Conn {
	if secure, ok := client.(*tls.Conn); ok {
		return secure.NetConn()
	}
	return client
}

// takeNext waits for the notice that was demanded.
func (s *socketTest) takeNext() (string, error) {
	<-s.notices
	octets, err := s.Take()
	return string(octets), err
}

// wantAll demands and takes until all of it has come.
func (s *socketTest) wantAll(t *testing.T, why, wanted string) {
	t.Helper()
	var got string
	for len(got) < len(wanted) {
		s.Demand()
		octets, err := s.takeNext()
		if err != nil {
			t.Fatalf("%s: %v after %d octets", why, err, len(got))
		}
		got += octets
		s.Release()
	}
	if got != wanted {
		t.Fatalf("%s: want %q, got %q", why, wanted, got)
	}
}

func TestASocketTellsOfWhatArrives(t *testing.T) {
	eachSocket(t, func(t *testing.T, s *socketTest) {
		for range 3 {
			s.Demand()
			go io.WriteString(s.client, "hello")
			if got, err := s.takeNext(); got != "hello" || err != nil {
				t.Fatalf("demanded before it arrived: got %q, %v", got, err)
			}
			s.Release()
		}
		go io.WriteString(s.client, "early")
		s.wantAll(t, "arrived before or after the demand", "early")
		large := strings.Repeat("0123456789abcdef", 10*readSize/16)
		go io.WriteString(s.client, large)
		s.wantAll(t, "more than is taken at a time", large)
		if len(s.notices) > 0 {
			t.Error("nothing is told that was not demanded")
		}
	})
}

func TestASocketDemandedTwiceTellsOnce(t *testing.T) {
	eachSocket(t, func(t *testing.T, s *socketTest) {
		s.Demand()
		s.Demand()
		io.WriteString(s.client, "hello")
		s.wantAll(t, "demanding again before something arrived changes nothing", "hello")
	})
}

func TestASocketTellsAgainOfWhatWasNotTaken(t *testing.T) {
	eachSocket(t, func(t *testing.T, s *socketTest) {
		s.Demand()
		go io.WriteString(s.client, "hello")
		<-s.notices
		s.Demand()
		<-s.notices // as a new incarnation does that never saw the first notice
		octets, err := s.Take()
		if string(octets) != "hello" || err != nil {
			t.Errorf("what was not taken is still there: got %q, %v", octets, err)
		}
		if octets, err := s.Take(); len(octets) > 0 || err != nil {
			t.Errorf("a notice that was given twice is good for one take: got %q, %v", octets, err)
		}
		s.Release()
		go io.WriteString(s.client, "more")
		s.wantAll(t, "and it goes on", "more")
	})
}

func TestASocketTellsOfTheEnd(t *testing.T) {
	eachSocket(t, func(t *testing.T, s *socketTest) {
		go func() { io.WriteString(s.client, "last"); closeWrite(s.client) }()
		s.wantAll(t, "what came before the end", "last")
		s.Demand()
		if octets, err := s.takeNext(); octets != "" || err != io.EOF {
			t.Errorf("the client has ended its side: want EOF, got %q, %v", octets, err)
		}
		written := make(chan error, 1)
		go func() { written <- s.Write([]byte("still"), time.Minute, 0) }()
		got := make([]byte, 5)
		if _, err := io.ReadFull(s.client, got); err != nil || string(got) != "still" {
			t.Errorf("the other side stays open: got %q, %v", got, err)
		}
		<-written
	})
}

func TestASocketEndsItsSide(t *testing.T) {
	eachSocket(t, func(t *testing.T, s *socketTest) {
		ended := make(chan error, 1)
		go func() { s.Write([]byte("last"), time.Minute, 0); ended <- s.CloseWrite() }()
		if got, err := io.ReadAll(s.client); string(got) != "last" || err != nil {
			t.Errorf("the client sees the end behind the last octet: got %q, %v", got, err)
		}
		if err := <-ended; err != nil {
			t.Error(err)
		}
		go io.WriteString(s.client, "still")
		s.wantAll(t, "the other side stays open", "still")
	})
}

func TestASocketWritesAll(t *testing.T) {
	eachSocket(t, func(t *testing.T, s *socketTest) {
		large := bytes.Repeat([]byte("0123456789abcdef"), 1<<20)
		failed := make(chan error, 1)
		go func() {
			err := s.Write(large, time.Minute, 0)
			s.CloseWrite()
			failed <- err
		}()
		if got, err := io.ReadAll(s.client); !bytes.Equal(got, large) || err != nil {
			t.Errorf("want %d octets, got %d, %v", len(large), len(got), err)
		}
		if err := <-failed; err != nil {
			t.Errorf("all was taken: %v", err)
		}
	})
}

func TestASocketGivesUpOnAClientThatTakesNothing(t *testing.T) {
	eachSocket(t, func(t *testing.T, s *socketTest) {
		err := s.Write(make([]byte, 16<<20), time.Millisecond, 0)
		if !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("the client takes nothing for the timeout: got %v", err)
		}
	})
}

func TestAClosedSocket(t *testing.T) {
	eachSocket(t, func(t *testing.T, s *socketTest) {
		s.Demand()
		s.Close()
		s.Close()
		if _, err := io.ReadAll(s.client); err != nil {
			t.Errorf("the client sees the end: %v", err)
		}
		if len(s.notices) > 0 {
			t.Error("closing ends the demand, nothing is told")
		}
	})
}

// Stream: "release gives the octets back that take lent", and only those. While a demand is
// open the buffer is the reader's: giving it away lets two connections share it.
func TestReleaseLeavesADemandAlone(t *testing.T) {
	eachSocket(t, func(t *testing.T, s *socketTest) {
		s.Demand()
		runtime.Gosched()
		s.Release()
		go s.client.Write([]byte("hello"))
		octets, err := s.takeNext()
		if octets != "hello" || err != nil {
			t.Errorf("want what arrived after the release, got %q, %v", octets, err)
		}
		s.Release()
		s.Demand()
		go s.client.Write([]byte("hello"))
		<-s.notices
		s.Release() // as connection.demand does before it demands again
		s.Demand()
		octets, err = s.takeNext()
		if octets != "hello" || err != nil {
			t.Errorf("what was told of and not taken is not lost by a release: got %q, %v", octets, err)
		}
	})
}

// A socket that is closed refuses all, and says why: its descriptor is not used again.
func TestAClosedSocketRefusesAll(t *testing.T) {
	eachSocket(t, func(t *testing.T, s *socketTest) {
		s.Close()
		s.Demand()
		s.Reset()
		if octets, err := s.Take(); len(octets) > 0 || !errors.Is(err, net.ErrClosed) {
			t.Errorf("take: want %v, got %q, %v", net.ErrClosed, octets, err)
		}
		if err := s.Write([]byte("x"), time.Second, 0); !errors.Is(err, net.ErrClosed) && !errors.Is(err, io.ErrClosedPipe) {
			t.Errorf("write: want %v, got %v", net.ErrClosed, err)
		}
		s.Close()
	})
}

// While nobody demands there is a notice when the client ends its side, or is gone, and it is known which.
func TestASocketTellsThatItsClientIsGone(t *testing.T) {
	for _, reset := range []bool{false, true} {
		eachSocket(t, func(t *testing.T, s *socketTest) {
			go io.WriteString(s.client, "hello")
			s.wantAll(t, "there is somebody", "hello")
			s.Watch()
			if s.Ended() || s.Broken() {
				t.Error("the client is still there")
			}
			below := bottomOf(s.client)
			switch conn, tcp := below.(*net.TCPConn); {
			case !reset:
				closeWrite(below)
			case tcp:
				conn.SetLinger(0)
				conn.Close()
			default:
				return // a reset is one of TCP
			}
			<-s.notices
			if !reset && !s.Ended() || s.Broken() != reset {
				t.Errorf("reset %v: ended %v, broken %v", reset, s.Ended(), s.Broken())
			}
			s.Demand()
			<-s.notices
			if octets, err := s.Take(); len(octets) > 0 || err == nil || err == io.EOF == reset {
				t.Errorf("reset %v: got %q, %v", reset, octets, err)
			}
		})
	}
}

// A reset must not look like the end of the content, least of all with TLS (RFC 8446 §6.1).
func TestAClientSeesAReset(t *testing.T) {
	eachSocket(t, func(t *testing.T, s *socketTest) {
		if _, tcp := bottomOf(s.client).(*net.TCPConn); !tcp {
			return // a reset is one of TCP
		}
		s.Reset()
		s.Close()
		if _, err := io.ReadAll(s.client); err == nil {
			t.Error("want an error, it looks like the end")
		}
	})
}
