package transport

import (
	"errors"
	"io"
	"net"
	"time"
)

// errPlainHTTP is why a connection ends whose client does not speak TLS.
var errPlainHTTP = errors.New("the client sent an HTTP request to an HTTPS server")

// looksLikeHTTP reports whether what should be the header of a TLS record can begin a request line:
// the first octet of a record is no letter (RFC 8446 §5.1).
func looksLikeHTTP(header [5]byte) bool {
	for _, c := range header {
		if (c < 'A' || c > 'Z') && c != ' ' && c != '/' && c != '*' {
			return false
		}
	}
	return header[0] >= 'A'
}

const (
	plainLinger  = time.Second // how long the client may take to read the answer and to close
	plainDiscard = 256 << 10   // octets of its request that are read meanwhile
)

// explain answers a client that does not speak TLS, and closes in stages, so that it can read the
// answer (RFC 9112 §9.6).
func explain(conn net.Conn) {
	conn.SetDeadline(time.Now().Add(plainLinger))
	const answer = "HTTP/1.0 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\n" +
		"Content-Length: 48\r\nConnection: close\r\n\r\nClient sent an HTTP request to an HTTPS server.\n"
	if _, err := io.WriteString(conn, answer); err == nil && closeWrite(conn) == nil {
		io.CopyN(io.Discard, conn, plainDiscard)
	}
}
