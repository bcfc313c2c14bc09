// Package wire turns octets into HTTP/1.1 messages and back, as defined by RFC 9112.
//
// A [Decoder] takes octets, cut anywhere, and yields events: a [RequestHead], the [Data] of its content, its [End].
// An [Encoder] takes the same kind of events for a response, and appends octets. Each file is named after the section
// of RFC 9112 whose rules it holds.
//
// It also understands the fields of RFC 9110 that layers above decide by: [ParseMediaType], [PreferredMediaType] and
// [PreferredCoding] for content negotiation, [Representation] for preconditions, [ParseRanges] for parts.
//
// The package has no clock, socket, goroutine or logger: what a message means depends on its octets alone, so tables
// can test everything.
//
// The package is strict. If RFC 9112 calls something an error, or allows a server to reject it for safety, the
// package returns a [ProtocolError] that names the section. docs/reference/conformance.md lists the few exceptions.
package wire
