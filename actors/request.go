package actors

import (
	"crypto/tls"
	"net/netip"
	"net/url"
	"strings"
	"sync/atomic"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/troupe-go/troupe/actors/internal/routing"
	"github.com/troupe-go/troupe/wire"
)

// A Request is an HTTP request on its way to a handler. It is immutable. It may be kept, forwarded to other actors,
// and answered later by whichever actor has it; only the first answer counts.
type Request struct {
	// Body is the whole content, nil if there is none.
	Body []byte
	// Trailers are the trailer fields of a chunked content, usually nil.
	Trailers Fields

	origin   *origin // where it comes from; nil if unknown
	env      *env
	from     *account // the client
	head     wire.RequestHead
	exchange uint64
	complete bool // the decoder is at the end of the content
	treatment
	notes
	progress progress
	spare
}

// A treatment is how the server handles the request.
type treatment struct {
	route  *route // the route that it matches; nil if none
	params []routing.Param
	values map[any]any           // set by filters
	place  atomic.Pointer[place] // of the handler's actor that gets it; nil before it is routed
	sent   instant               // when the link sent it to the router
	sealed bool                  // it was sent to the router
}

// notes are what the link remembers about the request.
type notes struct {
	reserved atomic.Int64 // octets of content counted in the server's limit
	pulled   bool         // Body was given to a handler that pulls the content
	muted    bool         // the log gets no line about it
}

// A spare is space for what a request usually needs, so that all of it is one allocation.
type spare struct {
	envelope actor.MessageEnvelope
	fields   [3]wire.Field
}

// An origin is what all requests of a connection have in common.
type origin struct {
	peer string // the network address of the client, for example "192.0.2.7:51234"
	tls  *tls.ConnectionState
}

// peerName is the network address of the client for the log.
func (r *Request) peerName() string {
	if r.origin == nil {
		return ""
	}
	return r.origin.peer
}

// ReplyTo is the actor to which the Response goes, and from which the content is read: the sender of the Request. See
// [Request.Reply].
func (r *Request) ReplyTo() *actor.PID { return r.envelope.Sender }

// Reply answers the request. It may be called on any goroutine, at any time: a second or late answer is dropped and
// logged. Within Receive, ctx.Respond does the same, unless another actor than the connection sent the request: then
// that actor gets the response.
func (r *Request) Reply(response *Response) {
	to := r.ReplyTo()
	if to == nil || r.env == nil {
		mistake("Reply: the request was made by hand: nobody waits for the answer")
	}
	if response == nil || response.request != r {
		r.env.system.Root.Send(to, &notAnswered{exchange: r.exchange, answer: response})
		return
	}
	r.progress.answered.Store(true)
	r.env.system.Root.Send(to, response)
}

// Method is the request method. A handler whose route says GET may also get "HEAD", and answers it in the same way:
// the connection leaves the content out.
func (r *Request) Method() string { return r.head.Method }

// Path is the path of the target, percent-encoded, without dot segments. Before you compare it with text, decode it
// with url.PathUnescape. The result of Param is decoded already.
func (r *Request) Path() string { return r.head.Target.Path }

// Query is the decoded query. Only & divides its pairs, as in the URL standard of browsers. A ; is part of its name
// or value, and so is a % that encodes nothing.
func (r *Request) Query() url.Values {
	query := strings.ReplaceAll(r.head.Target.Query, ";", "%3B")
	values, err := url.ParseQuery(query)
	if err != nil {
		values, _ = url.ParseQuery(withLiteralPercents(query))
	}
	return values
}

// RawQuery is the query as the client sent it, without its question mark. See [Request.Query].
func (r *Request) RawQuery() string { return r.head.Target.Query }

// withLiteralPercents encodes each % that is not followed by two hexadecimal digits.
func withLiteralPercents(query string) string {
	var text strings.Builder
	for i := range len(query) {
		text.WriteByte(query[i])
		if query[i] == '%' && (i+2 >= len(query) || !isHex(query[i+1]) || !isHex(query[i+2])) {
			text.WriteString("25")
		}
	}
	return text.String()
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}

// Host is the host that the request is for, with its port if it has one: the authority of the target, or the Host field
// (RFC 9110 §7.2). It comes from the client.
func (r *Request) Host() string { return r.head.Target.Authority }

// TLS is the state of the request's TLS connection, with the certificates of the client if they were asked for (see
// [Config.TLS]); nil without TLS.
func (r *Request) TLS() *tls.ConnectionState {
	if r.origin == nil {
		return nil
	}
	return r.origin.tls
}

// Peer is the network address of the client, or the one that a proxy of Config.Proxies names. It is not valid for a
// client on a Unix socket.
func (r *Request) Peer() netip.AddrPort {
	peer, _ := netip.ParseAddrPort(r.peerName())
	return peer
}

// Proto is the version of HTTP that the client speaks, "HTTP/1.1" or "HTTP/1.0".
func (r *Request) Proto() string {
	if r.head.Version.AtLeast11() {
		return "HTTP/1.1"
	}
	return "HTTP/1.0"
}

// Fields are the field lines of the request's head, in order. They must not be changed.
func (r *Request) Fields() Fields { return Fields(r.head.Fields) }

// Field returns the value of the first field line with that name, compared without case; "" if there is none.
func (r *Request) Field(name string) string { return r.head.Fields.Get(name) }

// ContentLength is the length of the content in octets, or -1 if it is chunked: then the length is unknown before the
// end.
func (r *Request) ContentLength() int64 { return int64(r.head.Length) }

// Param returns what the wildcard of that name in the route's pattern matched, percent-decoded: for "GET
// /rooms/{room}" and /rooms/red%20one, Param("room") is "red one". It is "" if there is no such wildcard.
//
// The decoded value may be anything: for "GET /files/{rest...}" and /files/..%2fetc/passwd it is "../etc/passwd". Do
// not join it to a file path: open files with an os.Root, which stays within its directory.
func (r *Request) Param(name string) string {
	for _, p := range r.params {
		if p.Name == name {
			return p.Value
		}
	}
	return ""
}

// Pattern is the pattern of the route that matched, for example "GET /rooms/{room}".
func (r *Request) Pattern() string {
	if r.route != nil {
		return r.route.pattern.String()
	}
	return ""
}
