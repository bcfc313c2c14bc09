// Package actorstest tests servers and their actors, without a socket and without waiting.
//
//	func TestRooms(t *testing.T) {
//		server := actors.NewServer(actors.Config{Logger: actorstest.Logger(t)})
//		server.Handle("GET /rooms/{room}", actors.PerKey("room", newRoom))
//		site := actorstest.Serve(t, server)
//		site.Get("/rooms/7").Status(200).Contains("empty")
//	}
//
// A request goes through the router, the filters and the placement to the handler, as one of a client does. A handler
// that panics fails the test, unless that was expected: [Site.ExpectCrash]. [Site.Crash] makes an actor crash at a
// message, [Site.Probe] puts an actor of the test next to the handlers, [Site.Events] reads server-sent events, and
// [Reply.Golden] compares a response with a file.
//
// Within testing/synctest all of it runs on a fake clock: a timeout of a minute takes no time. Make the server within
// the bubble.
//
//	synctest.Test(t, func(t *testing.T) {
//		site := actorstest.Serve(t, newServer())
//		…
//		time.Sleep(5 * time.Minute) // the room idles out
//	})
//
// # What is on the wire
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
// It works on TCP, on Unix sockets, by [Site.Dial] in memory, and with [New] on any net.Conn. Nothing waits for ever:
// each call ends after the Patience of its client at the latest, 10 seconds unless the test changes it. The parser is
// neither that of package wire nor that of net/http: it is a third opinion.
package actorstest
