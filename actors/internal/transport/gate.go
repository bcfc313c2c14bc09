package transport

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"runtime/debug"
	"time"
)

// A gate is what clients must pass before their first request: the header of a proxy, then the TLS handshake. A
// goroutine of the socket does both, so that a slow client delays neither an actor nor the next connection.
type gate struct {
	proxies []netip.Prefix // their connections begin with a header
	config  *tls.Config    // nil for no TLS
}

// over returns the connection to read from and write to, and the preparation that must come first; nil if there is
// none.
func (g *gate) over(conn net.Conn) (above net.Conn, prepare func() error) {
	var header, handshake func() error
	if trusted(g.proxies, conn.RemoteAddr()) {
		proxied := &proxiedConn{Conn: conn}
		conn, header = proxied, proxied.readHeader
	}
	if g.config != nil {
		secure := tls.Server(conn, g.config)
		conn, handshake = secure, func() error { return shake(secure) }
	}
	if header == nil && handshake == nil {
		return conn, nil
	}
	return conn, func() error { return inTurn(step{ProxyHeader, header}, step{Handshake, handshake}) }
}

// A gatedAcceptor accepts connections that must pass a gate, each on its own goroutine.
type gatedAcceptor struct {
	net.Listener
	gate
}

// Gated makes a listener for NewAcceptor. Its connections speak TLS if config is not nil, and begin with a PROXY
// protocol header if they come from one of the proxies.
func Gated(on net.Listener, proxies []netip.Prefix, config *tls.Config) net.Listener {
	if config == nil && len(proxies) == 0 {
		return on
	}
	return &gatedAcceptor{on, gate{proxies, config}}
}

func (a *gatedAcceptor) More(most int) (sockets []Socket) {
	if on, ok := a.Listener.(interface{ backlog(most int) []net.Conn }); ok {
		for _, conn := range on.backlog(most) {
			sockets = append(sockets, a.stream(conn))
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
	return a.stream(conn), nil
}

func (a *gatedAcceptor) stream(conn net.Conn) Socket {
	below := newPatientConn(conn)
	above, prepare := a.over(below)
	s := newStreamOn(above, below)
	if prepare != nil {
		s.prepareBy(prepare)
	}
	return s
}

// errUnfinished is the error if a preparation ended its goroutine; it may run foreign code.
var errUnfinished error = &GateError{Step: Handshake, Err: errors.New("its goroutine was ended by runtime.Goexit"), Ours: true}

// The steps of a gate.
const (
	ProxyHeader = "PROXY protocol header"
	Handshake   = "TLS handshake"
)

// A GateError is why a client failed to pass the gate.
type GateError struct {
	Step string // ProxyHeader or Handshake
	Err  error  // io.EOF if the client has only connected and gone
	Ours bool   // not the client's fault, but a panic
}

func (e *GateError) Error() string { return e.Step + ": " + e.Err.Error() }

// Unwrap returns the error of the step.
func (e *GateError) Unwrap() error { return e.Err }

// A step is one part of passing a gate.
type step struct {
	name string
	do   func() error // nil if there is none
}

// inTurn does the steps up to the first that fails. A panic ends only this connection: there is no actor here that
// could crash.
func inTurn(steps ...step) (err error) {
	at := ""
	defer func() {
		if reason := recover(); reason != nil {
			err = &GateError{Step: at, Err: fmt.Errorf("panic: %v\n%s", reason, debug.Stack()), Ours: true}
		}
	}()
	for _, step := range steps {
		if step.do == nil {
			continue
		}
		at = step.name
		if err := step.do(); err != nil {
			return &GateError{Step: step.name, Err: err}
		}
	}
	return nil
}

// ChallengeProtocol is what certificate authorities speak to see whether a server has a name (RFC 8737 §3).
const ChallengeProtocol = "acme-tls/1"

// shake performs the TLS handshake. A client that speaks plain HTTP gets an answer in plain HTTP. A certificate authority
// learns all it wants from the handshake, and nothing may follow it.
func shake(conn *tls.Conn) error {
	err := conn.Handshake()
	if err == nil && conn.ConnectionState().NegotiatedProtocol == ChallengeProtocol {
		conn.CloseWrite()
		return io.EOF
	}
	var strange tls.RecordHeaderError
	if errors.As(err, &strange) && strange.Conn != nil && looksLikeHTTP(strange.RecordHeader) {
		explain(strange.Conn)
		return errPlainHTTP
	}
	return err
}
