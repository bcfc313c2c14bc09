package transport

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"io"
	"net"
	"net/netip"

	"github.com/pires/go-proxyproto"
)

// A proxiedConn is a connection from a proxy, which first names the client, by the PROXY protocol, version 1 or 2
// (docs/decisions/0012-proxy-protocol-by-library.md).
type proxiedConn struct {
	net.Conn
	ahead  *bufio.Reader // octets that came with the header; nil before it and after they are taken
	client net.Addr      // nil before the header has come, and if it names nobody
}

// headerSize is the size of the reader's buffer: a header of version 1 must fit.
const headerSize = 256

// readHeader reads the header, which is required. A health check of the proxy itself names nobody (PROXY protocol
// §2.2, LOCAL), nor does a proxy that does not know the client (§2.1, UNKNOWN; §2.2, UNSPEC). The error is io.EOF if
// nothing came at all.
func (c *proxiedConn) readHeader() error {
	c.ahead = bufio.NewReaderSize(c.Conn, headerSize)
	if namesNobody, err := c.skipUnspecified(); namesNobody || err != nil {
		return err
	}
	header, err := proxyproto.Read(c.ahead)
	if err != nil {
		return err
	}
	if !header.Command.IsLocal() {
		c.client = header.SourceAddr
	}
	return nil
}

// skipUnspecified skips a header of version 2 with the family UNSPEC, which is UNKNOWN in version 1. The library
// refuses these; the receiver may accept them and use the address of the proxy (§2.2).
func (c *proxiedConn) skipUnspecified() (skipped bool, err error) {
	first, err := c.ahead.Peek(1)
	if err != nil || first[0] != '\r' {
		return false, err
	}
	const fixed = 16 // octets; the last two are the length of the rest
	begin, err := c.ahead.Peek(fixed)
	if err != nil || !bytes.HasPrefix(begin, unspecified) {
		return false, nil // the library says what is wrong
	}
	if _, err := c.ahead.Discard(fixed + int(binary.BigEndian.Uint16(begin[len(unspecified):]))); err != nil {
		return false, io.ErrUnexpectedEOF
	}
	return true, nil
}

// unspecified begins such a header: the signature, version 2 with PROXY, and UNSPEC.
var unspecified = []byte("\r\n\r\n\x00\r\nQUIT\n\x21\x00")

func (c *proxiedConn) Read(octets []byte) (int, error) {
	if c.ahead != nil {
		if c.ahead.Buffered() > 0 {
			return c.ahead.Read(octets)
		}
		c.ahead = nil
	}
	return c.Conn.Read(octets)
}

// RemoteAddr is the address of the client; before the header, that of the proxy.
func (c *proxiedConn) RemoteAddr() net.Addr {
	if c.client != nil {
		return c.client
	}
	return c.Conn.RemoteAddr()
}

// CloseWrite ends the sending side.
func (c *proxiedConn) CloseWrite() error { return closeWrite(c.Conn) }

// trusted reports whether the address belongs to one of the proxies.
func trusted(proxies []netip.Prefix, address net.Addr) bool {
	tcp, ok := address.(*net.TCPAddr)
	if !ok {
		return false
	}
	from := tcp.AddrPort().Addr().Unmap().WithZone("")
	for _, proxy := range proxies {
		if proxy.Contains(from) {
			return true
		}
	}
	return false
}
