package transport

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"crypto/tls"
	"encoding/binary"
	"encoding/hex"
	"io"
	"net"
	"strings"
	"testing"
)

// A tlsClient is a client of TLS 1.3 that makes its records itself, so that it can ask for new keys, cut
// messages anywhere, and send what no library would. It reads as any other client does.
type tlsClient struct {
	*tls.Conn
	t      *testing.T
	below  net.Conn
	secret []byte
	aead   cipher.AEAD
	iv     []byte
	sealed uint64 // records
}

// Types of records and of handshake messages (RFC 8446 §4, §5.1).
const (
	alertRecord     = 21
	handshakeRecord = 22
	dataRecord      = 23
	keyUpdate       = 24
)

// askForKeys is a KeyUpdate that wants one in return (RFC 8446 §4.6.3).
var askForKeys = []byte{keyUpdate, 0, 0, 1, 1}

// dialTLSClient connects a tlsClient to a socket of the acceptor, and prepares both.
func dialTLSClient(t *testing.T, from Acceptor) (*socketTest, *tlsClient) {
	c := &tlsClient{t: t}
	keys := &strings.Builder{}
	s := newSocketTest(t, func(t *testing.T) (Socket, net.Conn) {
		s, below := dialFirst(t, from)
		c.below = below
		c.Conn = tls.Client(below, &tls.Config{
			InsecureSkipVerify: true, SessionTicketsDisabled: true, MinVersion: tls.VersionTLS13, KeyLogWriter: keys,
		})
		return preparing(t, s, c.Handshake), c.Conn
	})
	if c.ConnectionState().CipherSuite != tls.TLS_AES_128_GCM_SHA256 {
		t.Skip("without AES in hardware another cipher is taken")
	}
	for line := range strings.Lines(keys.String()) {
		if words := strings.Fields(line); words[0] == "CLIENT_TRAFFIC_SECRET_0" {
			c.rekey(decodeHex(t, words[2]))
		}
	}
	return s, c
}

func decodeHex(t *testing.T, digits string) []byte {
	octets, err := hex.DecodeString(digits)
	if err != nil {
		t.Fatal(err)
	}
	return octets
}

// rekey derives the keys of a secret (RFC 8446 §7.3).
func (c *tlsClient) rekey(secret []byte) {
	block, err := aes.NewCipher(c.expand(secret, "key", 16))
	if err != nil {
		c.t.Fatal(err)
	}
	if c.aead, err = cipher.NewGCM(block); err != nil {
		c.t.Fatal(err)
	}
	c.secret, c.iv, c.sealed = secret, c.expand(secret, "iv", 12), 0
}

// expand is HKDF-Expand-Label without a context (RFC 8446 §7.1).
func (c *tlsClient) expand(secret []byte, label string, length int) []byte {
	label = "tls13 " + label
	info := append([]byte{0, byte(length), byte(len(label))}, label...)
	key, err := hkdf.Expand(sha256.New, secret, string(append(info, 0)), length)
	if err != nil {
		c.t.Fatal(err)
	}
	return key
}

// seal makes a record (RFC 8446 §5.2).
func (c *tlsClient) seal(kind byte, content []byte) []byte {
	nonce := append([]byte(nil), c.iv...)
	for i := range 8 {
		nonce[4+i] ^= binary.BigEndian.AppendUint64(nil, c.sealed)[i]
	}
	c.sealed++
	inner := append(append([]byte(nil), content...), kind)
	length := len(inner) + c.aead.Overhead()
	header := []byte{dataRecord, 3, 3, byte(length >> 8), byte(length)}
	return c.aead.Seal(header, nonce, inner, header)
}

// newKeys is a KeyUpdate, after which the client seals with its next secret (RFC 8446 §7.2).
func (c *tlsClient) newKeys() []byte {
	record := c.seal(handshakeRecord, askForKeys)
	c.rekey(c.expand(c.secret, "traffic upd", sha256.Size))
	return record
}

func (c *tlsClient) send(octets []byte) {
	c.t.Helper()
	if _, err := c.below.Write(octets); err != nil {
		c.t.Fatal(err)
	}
}

// wantRead wants the client to read that, whatever keys it is sealed with.
func (c *tlsClient) wantRead(why, wanted string) {
	c.t.Helper()
	got := make([]byte, len(wanted))
	if _, err := io.ReadFull(c, got); err != nil || string(got) != wanted {
		c.t.Errorf("%s: want %q, got %q, %v", why, wanted, got, err)
	}
}
