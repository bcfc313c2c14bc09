package actors

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/troupe-go/troupe/wire"
)

// A Response is the answer to one Request, made by the methods of that Request and sent with
// ctx.Respond. It must not be changed after it was sent. An answer that comes second, or too late,
// is dropped and logged; it can never reach another request.
type Response struct {
	Status      int
	ContentType string // media type of the content; "" sends none
	Fields      Fields // further field lines, except those of the framing, which the connection writes
	Body        []byte

	close    bool
	filtered bool       // the filters of the route have seen it
	request  *Request   // that it answers
	from     *actor.PID // who sent it, as far as known
	why      string     // of a failure, for the log

	source *actor.Props // of the content of a stream, else nil
	whole  bool         // that source is the server's own, and has the content
	length wire.BodyLength
}

// Text is a response with text/plain; charset=utf-8.
func (r *Request) Text(status int, text string) *Response {
	return r.Bytes(status, "text/plain; charset=utf-8", []byte(text))
}

// HTML is a response with text/html; charset=utf-8. Nothing is escaped: see html/template.
func (r *Request) HTML(status int, html string) *Response {
	return r.Bytes(status, "text/html; charset=utf-8", []byte(html))
}

// JSON is a response with the value as application/json. It panics if encoding/json cannot marshal
// the value; supervision then answers 500.
func (r *Request) JSON(status int, value any) *Response {
	content, err := json.Marshal(value)
	if err != nil {
		panic(fmt.Errorf("actors: a JSON response: %w", err))
	}
	return r.Bytes(status, "application/json", content)
}

// Bytes is a response with the content as it is, which must not change afterwards.
func (r *Request) Bytes(status int, contentType string, content []byte) *Response {
	return &Response{Status: status, ContentType: contentType, Body: content, request: r}
}

// Status is a response without content.
func (r *Request) Status(status int) *Response {
	return &Response{Status: status, request: r}
}

// failure is what the server itself answers where no handler can.
func (r *Request) failure(status int, why string) *Response {
	response := r.Text(status, fmt.Sprintf("%d %s\n\n%s\n", status, wire.StatusText(status), why))
	response.why = why
	return response
}

// With adds a field line and returns the response, for use before it is sent. Of a field that a response has only
// once, such as Location, the last one counts. A name that is no token or a value with control octets makes
// the response a 500 (RFC 9110 §5).
func (r *Response) With(name, value string) *Response {
	r.Fields = append(slices.Clip(r.Fields), Field{Name: name, Value: value})
	return r
}

// singletons are the fields of a response that a message has only once, because their value is no list (RFC 9110
// §5.5). Content-Length and Transfer-Encoding are not among them: the connection writes those.
var singletons = []string{
	// RFC 9110 §6.6.1, §8, §10.2, §14.4
	"Date", "Content-Type", "Content-Location", "Last-Modified", "ETag", "Location", "Retry-After", "Server", "Content-Range",
	// RFC 9111 §5
	"Age", "Expires",
	// RFC 6266 §4, RFC 6797 §6.1
	"Content-Disposition", "Strict-Transport-Security",
	// Fetch §3.3
	"Access-Control-Allow-Origin", "Access-Control-Allow-Credentials", "Access-Control-Max-Age",
}

func isSingleton(name string) bool {
	return slices.ContainsFunc(singletons, func(one string) bool { return len(one) == len(name) && strings.EqualFold(one, name) })
}

// fields are the media type and the field lines as they are sent: each singleton once, as it was set last.
func (r *Response) fields() (contentType string, fields Fields) {
	contentType, fields = r.ContentType, r.Fields
	for i, field := range r.Fields {
		if !isSingleton(field.Name) {
			continue
		}
		if len(field.Name) == len("Content-Type") && strings.EqualFold(field.Name, "Content-Type") {
			contentType = "" // that one came later
		}
		if r.Fields[i+1:].Has(field.Name) {
			fields = onlyLast(r.Fields)
		}
	}
	return contentType, fields
}

// onlyLast are the fields with the last one of each singleton.
func onlyLast(all Fields) (fields Fields) {
	for i, field := range all {
		if !isSingleton(field.Name) || !all[i+1:].Has(field.Name) {
			fields = append(fields, field)
		}
	}
	return fields
}

// Close asks the connection to close after this response, and returns the response.
func (r *Response) Close() *Response {
	r.close = true
	return r
}

// turnSize is how many octets of content are written while others wait for their turn. More goes in
// pieces of that size, as a stream does.
const turnSize = 64 << 10

// inPieces is the same response as a stream.
func (r *Response) inPieces() *Response {
	stream, rest := *r, r.Body
	stream.whole = true
	stream.Body, stream.length = nil, wire.BodyLength(len(rest))
	stream.source = actor.PropsFromFunc(func(ctx actor.Context) {
		if demand, ok := ctx.Message().(*ReadBody); ok {
			piece := demand.Data(rest[:min(len(rest), turnSize)])
			rest = rest[len(piece.Bytes):]
			piece.End = len(rest) == 0
			ctx.Respond(piece)
		}
	})
	return &stream
}
