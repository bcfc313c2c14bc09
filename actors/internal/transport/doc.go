// Package transport is what lies below a connection: sockets, what accepts them, and what says that
// something has arrived. It knows nothing of HTTP, and nothing of actors but that none of them may wait.
//
// A [Socket] is either a descriptor that a [Poller] watches, on Linux, or any net.Conn, which a goroutine
// reads. An [Acceptor] makes the one or the other of what a listener accepts; [Gated] puts TLS and the
// PROXY protocol in between.
package transport
