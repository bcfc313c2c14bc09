// Package actorstest is an HTTP/1.1 client for tests of servers. It shows what a handler puts on the wire.
//
// A [Client] sends octets unchanged, well-formed or not, so that a test may send what no honest client would. It
// reads strictly: a response that is not well-formed HTTP/1.1 fails the test. Each expectation begins with a reason,
// which names the failure:
//
//	c := actorstest.Dial(t, "tcp", address)
//	c.Send("GET /health HTTP/1.1\r\nHost: a\r\n\r\n")
//	c.Want("the server is well", "200 OK", `{"status": "healthy"}`)
//	c.WantIdle("one request has one response")
//
// It works on TCP, on Unix sockets, and with [New] on any net.Conn: TLS, or a pipe in memory.
//
// Nothing waits for ever. Each call ends after the Patience of its client at the latest, 10 seconds unless the test
// changes it, and fails the test if the expected did not come by then.
//
// The parser is neither that of package wire nor that of net/http: it is a third opinion.
package actorstest
