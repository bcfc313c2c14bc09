package assault

import (
	"bufio"
	"crypto/tls"
	"fmt"
	"net"
	"time"

	"github.com/troupe-go/troupe/cmd/bench/internal/certificate"
	"github.com/troupe-go/troupe/cmd/bench/internal/site"
	"github.com/troupe-go/troupe/cmd/bench/load"
)

// fallSilent opens all connections, calls do on each, and then is silent.
func (e *Enemy) fallSilent(do func(conn net.Conn) error) {
	e.each(func(conn net.Conn) {
		_ = conn.SetDeadline(time.Now().Add(dialTime))
		if do(conn) != nil {
			return
		}
		_ = conn.SetDeadline(time.Time{})
		e.mu.Lock()
		e.silent = append(e.silent, conn)
		e.mu.Unlock()
		<-e.ctx.Done()
	})
}

// Quiet are the connections that are silent.
func (e *Enemy) Quiet() []net.Conn {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.silent
}

func greet(conn net.Conn) error { return load.Exchange(conn, bufio.NewReaderSize(conn, 1<<10)) }

func idleConnections(e *Enemy) { e.fallSilent(greet) }

func idleTLS(e *Enemy) {
	e.fallSilent(func(conn net.Conn) error {
		return greet(tls.Client(conn, certificate.TrustingAll()))
	})
}

func idleProxied(e *Enemy) {
	e.fallSilent(func(conn net.Conn) error {
		if _, err := fmt.Fprint(conn, "PROXY TCP4 192.0.2.7 192.0.2.1 50000 80\r\n"); err != nil {
			return err
		}
		return greet(conn)
	})
}

func silentStreams(e *Enemy) {
	e.fallSilent(func(conn net.Conn) error {
		if _, err := conn.Write(load.Get("/silent")); err != nil {
			return err
		}
		reader := bufio.NewReaderSize(conn, 1<<10)
		for {
			line, err := reader.ReadString('\n')
			if err != nil || line == site.Greeting {
				return err
			}
		}
	})
}
