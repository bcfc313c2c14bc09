// Package wire turns octets into HTTP/1.1 messages and back, as RFC 9112 has it.
//
// A [Decoder] is fed octets, cut anywhere, and yields events: a [RequestHead], the [Data] of its
// content, its [End]. An [Encoder] is given the same kind of events for a response and appends
// octets. Each file is named after the section of RFC 9112 whose rules it holds.
//
// There is no clock, socket, goroutine or logger in here: what a message means depends on its
// octets alone, so everything can be tested with a table.
//
// The package is strict. What RFC 9112 calls an error, or allows a server to reject for safety, is
// a [ProtocolError] that names its section; the few leniencies are listed in
// docs/reference/conformance.md.
package wire
