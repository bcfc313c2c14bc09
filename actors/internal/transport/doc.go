// Package transport is the layer below a connection: sockets, acceptors, and notices that something has arrived. It
// knows nothing of HTTP, and only this of actors: none of them may wait.
//
// A [Socket] is either a descriptor that a [Poller] watches, on Linux, or any net.Conn, which a goroutine reads. An
// [Acceptor] makes one of these from each accepted connection; [Gated] puts TLS and the PROXY protocol in between.
package transport
