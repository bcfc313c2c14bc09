package actors

import (
	"context"
	"net"
	"testing"
	"time"

	"github.com/troupe-go/troupe/actors/internal/duplex"
	"github.com/troupe-go/troupe/actors/internal/transport"
)

// A settlingListener has clients that have begun to connect when it is to refuse them.
type settlingListener struct {
	*pipeListener
	takes   time.Duration // how long it is until they are connected
	last    []transport.Socket
	closing func()
}

func (l *settlingListener) AcceptSocket() (transport.Socket, error) {
	conn, err := l.Accept()
	if err != nil {
		return nil, err
	}
	return transport.NewStream(conn), nil
}

func (l *settlingListener) More(int) []transport.Socket { return nil }
func (l *settlingListener) Refuse() bool                { return l.takes > 0 }
func (l *settlingListener) Settle(grace time.Duration)  { time.Sleep(min(l.takes, grace)) }

func (l *settlingListener) Waiting() []transport.Socket {
	last := l.last
	l.last = nil
	return last
}

func (l *settlingListener) Close() error {
	if l.closing != nil {
		l.closing()
	}
	return l.pipeListener.Close()
}

// settling has the server serve a listener whose handshakes take so long.
func (k *kit) settling(takes time.Duration) *settlingListener {
	l := &settlingListener{takes: takes}
	k.startBy(func(on net.Listener) error {
		l.pipeListener = on.(*pipeListener)
		return k.server.Serve(l)
	})
	return l
}

func (k *kit) wantListening(why string, want bool) {
	k.t.Helper()
	select {
	case <-k.listener.closed:
		if want {
			k.t.Errorf("%s: the socket is closed", why)
		}
	default:
		if !want {
			k.t.Errorf("%s: the socket is open", why)
		}
	}
}

func TestADrainWaitsForHandshakes(t *testing.T) {
	bubble(t, func(k *kit) {
		k.configure(func(c *Config) { c.MaxConnections = 1 })
		k.serve("/", saying("hello"))
		k.settling(100 * time.Millisecond)
		idle := k.dial()
		ended := k.shutdown(context.Background())
		k.wait(100*time.Millisecond - 1)
		k.wantListening("handshakes are under way", true)
		k.peer.send(get)
		k.peer.want("one that has just connected, over the limit", "HTTP/1.1 200", "\r\nConnection: close\r\n")
		if k.log.count("draining actor=listener") > 0 {
			t.Errorf("it says that it drains when it accepts nothing more, got %q", k.log.written())
		}
		k.wait(1)
		k.wantListening("all are connected", false)
		if k.log.count("draining actor=listener", "connections=2") != 1 {
			t.Errorf("now it does, got %q", k.log.written())
		}
		k.wait(drainGrace)
		idle.wantClosed("the grace for it began with the drain")
		k.peer.end()
		wantError(t, "all is finished", ended, nil)
	})
}

func TestADrainWaitsNotForLong(t *testing.T) {
	bubble(t, func(k *kit) {
		k.serve("/", saying("hello"))
		k.settling(time.Hour)
		ended := k.shutdown(context.Background())
		k.wait(handshakeGrace - 1)
		k.wantListening("a handshake is under way", true)
		k.wait(1)
		k.wantListening("it takes too long", false)
		wantError(t, "nothing is left", ended, nil)
	})
}

func TestAShutdownWithAnExpiredContextWaitsForNoHandshake(t *testing.T) {
	bubble(t, func(k *kit) {
		k.serve("/", saying("hello"))
		k.settling(100 * time.Millisecond)
		expired, cancel := context.WithCancel(context.Background())
		cancel()
		begun := time.Now()
		if err := k.server.Shutdown(expired); err == nil || time.Since(begun) > 0 {
			t.Errorf("it ends at once, and says so: %v, after %v", err, time.Since(begun))
		}
		k.wantListening("the server has ended", false)
		k.wait(time.Second)
	})
}

// A client that connects between the last look at the backlog and the close of the socket is reset, so nothing
// else comes in between.
func TestWhatWasAcceptedLastIsServedAfterTheClose(t *testing.T) {
	for _, takes := range []time.Duration{0, time.Millisecond} {
		bubble(t, func(k *kit) {
			k.serve("/", saying("hello"))
			on := k.settling(takes)
			var clients []*peer
			for range 3 {
				client, server := duplex.New()
				p := &peer{k: k}
				p.connect(client, server)
				clients, on.last = append(clients, p), append(on.last, transport.NewStream(server))
			}
			on.closing = func() {
				if n := k.server.env.counts.connections.Load(); n > 0 {
					t.Errorf("the socket is still open, and there are %d connections", n)
				}
			}
			ended := k.shutdown(context.Background())
			k.wait(takes)
			for _, client := range clients {
				client.send(get)
				client.want("it was in the backlog", "HTTP/1.1 200", "\r\nConnection: close\r\n")
				client.end()
			}
			wantError(t, "all is finished", ended, nil)
		})
	}
}

// A listener that crashes while it drains neither forgets its socket nor a connection.
func TestAListenerThatCrashesWhileItWaitsForHandshakes(t *testing.T) {
	for _, message := range []string{"drain", "accepted", "handshakesEnded"} {
		for _, fault := range []fault{panicBefore, panicAfter, stopIt} {
			t.Run(message+" "+string(fault), func(t *testing.T) {
				bubble(t, func(k *kit) {
					k.serve("/", saying("hello"))
					s := sabotage(k.server.env)
					k.settling(100 * time.Millisecond)
					k.dial()
					after := 0
					if message == "accepted" {
						after = 1
					}
					s.choose = once(deed{"listener", message, fault, after})
					ended := k.shutdown(context.Background())
					k.wait(50 * time.Millisecond)
					if fault != stopIt || message == "handshakesEnded" {
						k.peer.send(get)
						k.peer.want("a newcomer", "HTTP/1.1 200")
						k.peer.end()
					} else if message == "accepted" {
						k.dial()
					}
					k.wait(handshakeGrace)
					k.wantListening("the server has ended", false)
					wantError(t, "it does end", ended, nil)
					if s.struck() != 1 {
						t.Error("there was no occasion for it")
					}
					k.wantDead("all have stopped")
				})
			})
		}
	}
}

// A lateListener does something at the moment of its Close.
type lateListener struct {
	net.Listener
	closing func()
}

func (l *lateListener) Close() error { l.closing(); return l.Listener.Close() }

// A client that is accepted just when its listener drains regards itself as connected: its first request is answered.
func TestAnAcceptedConnectionBehindADrainIsServed(t *testing.T) {
	bubble(t, func(k *kit) {
		k.serve("/", saying("hello"))
		client, conn := duplex.New()
		socket := transport.NewStream(conn)
		k.startBy(func(on net.Listener) error {
			return k.server.Serve(&lateListener{on, func() {
				system := k.server.env.system
				system.Root.Send(system.NewLocalPID(serverName+"/listener"), &accepted{socket: socket})
			}})
		})
		ended := k.shutdown(context.Background())
		k.peer.connect(client, conn)
		k.peer.send(get)
		k.peer.want("a request on its way is served", "HTTP/1.1 200", "\r\nConnection: close\r\n")
		k.peer.end()
		k.wait(soon)
		wantError(t, "the shutdown", ended, nil)
		k.peer.wantClosed("it was the last")
	})
}
