package assault

import (
	"fmt"
	"net"
	"strings"
	"time"

	"github.com/troupe-go/troupe/cmd/bench/internal/machine"
	"github.com/troupe-go/troupe/cmd/bench/load"
)

// brokenUploads opens all connections. Then one after another, beginning with the youngest, sends most of its content
// and closes.
func brokenUploads(e *Enemy) {
	var conns []net.Conn
	for len(conns) < e.connections && e.ctx.Err() == nil {
		if conn := e.dial(); conn != nil {
			conns = append(conns, conn)
		}
	}
	defer load.CloseAll(conns)
	request := uploadOf("/upload", 1_000_000, 900_000)
	for n := len(conns) - 1; n >= 0 && e.ctx.Err() == nil; n-- {
		_, _ = conns[n].Write(request)
		conns[n].Close()
		machine.Rest(e.ctx, 3*time.Millisecond) // the server must notice before the next one needs room
	}
}

const (
	hoardOctets = 1 << 20
	hoardLeft   = 500 // octets that come one by one
	otherOctets = 512 << 10
)

// hoardedContent fills MaxContent with contents whose last octets trickle, while others upload.
func hoardedContent(e *Enemy) {
	others := make(chan load.Tally, 1)
	go func() {
		good := load.ClosedLoop{Addr: e.addr, Request: uploadOf("/upload", otherOctets, otherOctets),
			Patience: 5 * time.Second, Visitors: 4, Pause: 50 * time.Millisecond}
		others <- good.Ask(e.ctx, e.lasting/4, e.lasting)
	}()
	request := uploadOf("/upload", hoardOctets, hoardOctets-hoardLeft)
	e.each(func(conn net.Conn) {
		_, _ = conn.Write(request)
		trickle(conn)
		machine.Rest(e.ctx, time.Second) // a refused client comes again, but must not flood
	})
	e.uploads = <-others
}

// trickle sends an octet a second, until the server says something or closes the connection.
func trickle(conn net.Conn) {
	said := make(chan struct{})
	go func() {
		defer close(said)
		_, _ = conn.Read(make([]byte, 1)) // its deadline is the end of the assault
	}()
	for {
		select {
		case <-said:
			return
		case <-time.After(load.OctetEvery):
			if _, err := conn.Write([]byte("a")); err != nil {
				return
			}
		}
	}
}

const chunkedHead = "POST /upload HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"

// tinyChunks sends content octet by octet, up to the greatest content.
func tinyChunks(e *Enemy) {
	const chunks = 4096
	piece := []byte(strings.Repeat("1\r\nx\r\n", chunks))
	e.each(func(conn net.Conn) {
		_, err := fmt.Fprint(conn, chunkedHead)
		for sent := 0; sent < 8<<20 && err == nil; sent += chunks {
			_, err = conn.Write(piece)
		}
	})
}

// chunkExtensions sends a chunk whose extensions are longer than its data, again and again until it is refused.
func chunkExtensions(e *Enemy) {
	piece := strings.Repeat("1;a="+strings.Repeat("b", 1000)+"\r\nx\r\n", 64)
	e.each(func(conn net.Conn) {
		_, _ = fmt.Fprint(conn, chunkedHead+piece)
		_ = conn.SetReadDeadline(time.Now().Add(2 * time.Second))
		awaitEnd(conn)
	})
}
