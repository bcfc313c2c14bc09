package wire

// An Event is one step of a message: its head, a piece of its content, or its end. A [Decoder] yields events, and an
// [Encoder] takes them. Between a head and its End there are any number of Data.
type Event interface{ event() }

// A RequestHead is the request line and the field section of a request (RFC 9112 §2.1). It is never
// changed after the Decoder has yielded it, shares no memory with the Decoder, and may be kept.
type RequestHead struct {
	Method  string // case-sensitive, as received (RFC 9110 §9.1)
	Target  RequestTarget
	Version Version
	Fields  Fields
	Length  BodyLength // of the content: a number of octets, or Chunked
	// Persist says whether the connection outlives this exchange, as far as the request decides that (RFC 9112 §9.3).
	Persist bool
	// ExpectContinue says that the client waits for a 100 before it sends the content
	// (RFC 9110 §10.1.1).
	ExpectContinue bool
}

// A ResponseHead is the status line and the field section of a response (RFC 9112 §2.1).
type ResponseHead struct {
	Status int    // from 100 to 599 (RFC 9110 §15)
	Fields Fields // without the fields that the members below stand for
	Length BodyLength
	// Bodiless says that the length is announced but no content follows, as in a response to HEAD (RFC 9110 §9.3.2).
	Bodiless bool
	// Connection is the connection options to send, usually "close" or "keep-alive"; "" sends none (RFC 9112 §9.6).
	Connection string
	// KeepAlive is the parameters of the Keep-Alive field, such as "timeout=5": how many seconds the connection may
	// be idle. "" sends none. Otherwise Connection must have "keep-alive" (RFC 9110 §7.6.1, RFC 2068 §19.7.1.1).
	KeepAlive string
	// Date is the time of the message as an HTTP-date; "" sends none (RFC 9110 §6.6.1).
	Date string
	// ContentType is the media type of the content; "" sends none (RFC 9110 §8.3).
	ContentType string
}

// Data is a piece of content, without any transfer coding. From a Decoder, both it and Bytes are
// lent: the next call of Next or Feed may overwrite them.
type Data struct{ Bytes []byte }

// End is the end of a message. Trailers are nil unless the content was chunked and had a trailer
// section (RFC 9112 §7.1.2). From a Decoder it is lent until the next call of Next; its Trailers may
// be kept.
type End struct{ Trailers Fields }

func (*RequestHead) event()  {}
func (*ResponseHead) event() {}
func (*Data) event()         {}
func (*End) event()          {}

// Version is the HTTP version of a message: "HTTP/" Major "." Minor (RFC 9112 §2.3).
type Version struct{ Major, Minor uint8 }

// AtLeast11 reports whether the peer knows the features of HTTP/1.1: persistence by default, chunked, interim
// responses.
func (v Version) AtLeast11() bool { return v.Minor >= 1 }

func (v Version) String() string {
	return string([]byte{'H', 'T', 'T', 'P', '/', '0' + v.Major, '.', '0' + v.Minor})
}
