package transport

import (
	"errors"
	"io"
	"net"
	"sync/atomic"
	"time"
)

// errPlainHTTP is the error if a client does not speak TLS.
var errPlainHTTP = errors.New("the client sent an HTTP request to an HTTPS server")

// looksLikeHTTP reports whether the expected header of a TLS record may be the beginning of a request line: the first
// octet of a record is no letter (RFC 8446 §5.1).
func looksLikeHTTP(header [5]byte) bool {
	for _, c := range header {
		if (c < 'A' || c > 'Z') && c != ' ' && c != '/' && c != '*' {
			return false
		}
	}
	return header[0] >= 'A'
}

const (
	plainLinger   = time.Second // time for the client to read the answer and to close
	plainDiscard  = 256 << 10   // octets of the request that are read meanwhile
	mostLingering = 256         // clients that still send, waited for at the same time
)

var lingering atomic.Int32

// explain answers a client that does not speak TLS. It closes in stages, so that the client can read the answer (RFC
// 9112 §9.6): closing while the client still sends would reset the connection, and lose the answer.
func explain(conn net.Conn) {
	until := time.Now().Add(plainLinger)
	conn.SetDeadline(until)
	const answer = "HTTP/1.0 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\n" +
		"Content-Length: 48\r\nConnection: close\r\n\r\nClient sent an HTTP request to an HTTPS server.\n"
	if _, err := io.WriteString(conn, answer); err != nil || closeWrite(conn) != nil {
		return
	}
	if _, err := io.CopyN(io.Discard, conn, plainDiscard); err != nil {
		return // the client has ended its side, or the time is over
	}
	if lingering.Add(1) <= mostLingering {
		awaitEnd(conn, until)
	}
	lingering.Add(-1)
}

// awaitEnd reads no more. It waits until the given time, or less if it can see that the client has ended its side.
func awaitEnd(conn net.Conn, until time.Time) {
	if proxied, ok := conn.(*proxiedConn); ok {
		conn = proxied.Conn
	}
	if polled, ok := conn.(interface{ awaitEnd() }); ok {
		polled.awaitEnd()
		return
	}
	time.Sleep(time.Until(until))
}
