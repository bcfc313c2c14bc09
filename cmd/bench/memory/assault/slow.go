package assault

import (
	"bytes"
	"fmt"
	"net"
	"strings"
	"time"

	"github.com/troupe-go/troupe/cmd/bench/internal/machine"
	"github.com/troupe-go/troupe/cmd/bench/load"
)

// slowHeads sends most of a head of the greatest size, and then an octet a second.
func slowHeads(e *Enemy) {
	head := []byte("GET / HTTP/1.1\r\nHost: a\r\n" + strings.TrimSuffix(largeField, "\r\n"))
	e.each(func(conn net.Conn) {
		_, _ = conn.Write(head)
		trickle(conn)
	})
}

// manyFields sends nearly as many fields as there may be, and waits.
func manyFields(e *Enemy) {
	var head strings.Builder
	head.WriteString("GET /wait HTTP/1.1\r\nHost: a\r\n")
	for n := range 98 {
		fmt.Fprintf(&head, "X-%d: %s\r\n", n, strings.Repeat("a", 600))
	}
	request := []byte(head.String() + "\r\n")
	e.each(func(conn net.Conn) {
		_, _ = conn.Write(request)
		awaitEnd(conn)
	})
}

// unreadPipelines asks for more and more, and reads nothing.
func unreadPipelines(e *Enemy) {
	requests := bytes.Repeat(load.Get("/octets/200000"), 100)
	e.each(func(conn net.Conn) {
		for {
			if _, err := conn.Write(requests); err != nil {
				return
			}
		}
	})
}

// sip is how much a slow reader takes a second.
const sip = 49

func slowReaders(e *Enemy) {
	request := load.Get("/octets/1000000")
	e.each(func(conn net.Conn) {
		_, err := conn.Write(request)
		for octets := make([]byte, sip); err == nil; {
			machine.Rest(e.ctx, time.Second)
			_, err = conn.Read(octets)
		}
	})
}
