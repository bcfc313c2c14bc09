package transport

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"runtime/debug"
	"time"
)

// A gatedAcceptor accepts connections that have something to say before their first request: the
// header of a proxy, then the handshake of TLS. Both are read by the goroutine of the socket, so
// that a slow client holds up neither an actor nor the next connection.
type gatedAcceptor struct {
	net.Listener
	proxies []netip.Prefix // whose connections begin with a header
	config  *tls.Config    // nil for no TLS
}

// Gated is a listener for NewAcceptor whose connections speak TLS unless config is nil, and begin with a
// PROXY protocol header if they come from one of the proxies.
func Gated(on net.Listener, proxies []netip.Prefix, config *tls.Config) net.Listener {
	if config == nil && len(proxies) == 0 {
		return on
	}
	return &gatedAcceptor{unwaiting(on), proxies, config}
}

func (a *gatedAcceptor) More(most int) (sockets []Socket) {
	if on, ok := a.Listener.(interface{ backlog(most int) []net.Conn }); ok {
		for _, conn := range on.backlog(most) {
			sockets = append(sockets, a.gate(conn))
		}
	}
	return sockets
}

func (a *gatedAcceptor) Waiting() []Socket {
	if on, ok := a.Listener.(interface{ interrupt() }); ok {
		on.interrupt()
	}
	return append(a.More(LongestBacklog), acceptWaiting(a.Listener, a.AcceptSocket)...)
}

func (a *gatedAcceptor) Refuse() bool { return refuse(a.Listener) }

func (a *gatedAcceptor) Settle(grace time.Duration) { settle(a.Listener, grace) }

func (a *gatedAcceptor) AcceptSocket() (Socket, error) {
	conn, err := a.Accept()
	if err != nil {
		return nil, err
	}
	return a.gate(conn), nil
}

func (a *gatedAcceptor) gate(conn net.Conn) Socket {
	var header, handshake func() error
	below := newPatientConn(conn)
	conn = below
	if trusted(a.proxies, conn.RemoteAddr()) {
		proxied := newProxiedConn(conn)
		conn, header = proxied, proxied.readHeader
	}
	if a.config != nil {
		secure := tls.Server(conn, a.config)
		conn, handshake = secure, func() error { return shake(secure) }
	}
	s := newStreamOn(conn, below)
	if header != nil || handshake != nil {
		s.prepareBy(func() error { return inTurn(header, handshake) })
	}
	return s
}

// inTurn does the steps that there are, up to the first that fails. A panic ends this connection and
// nothing else: there is no actor here that it could be the crash of.
func inTurn(steps ...func() error) (err error) {
	defer func() {
		if reason := recover(); reason != nil {
			err = fmt.Errorf("panic: %v\n%s", reason, debug.Stack())
		}
	}()
	for _, step := range steps {
		if step != nil {
			if err := step(); err != nil {
				return err
			}
		}
	}
	return nil
}

// shake performs the handshake of TLS. The client is told what is wrong, in its own language.
func shake(conn *tls.Conn) error {
	err := conn.Handshake()
	var strange tls.RecordHeaderError
	if errors.As(err, &strange) && strange.Conn != nil && looksLikeHTTP(strange.RecordHeader) {
		explain(strange.Conn)
		return errPlainHTTP
	}
	return err
}
