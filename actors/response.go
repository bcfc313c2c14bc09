package actors

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/troupe-go/troupe/wire"
)

// A Response is the answer to one Request. Make it with the methods of that Request, send it with ctx.Respond, and do
// not change it afterwards. A second or late answer is dropped and logged; it can never reach another request.
type Response struct {
	Status      int
	ContentType string // media type of the content; "" sends none
	Fields      Fields // further field lines, except the framing, which the connection writes
	Body        []byte

	close   bool
	request *Request   // the request that it answers
	from    *actor.PID // its sender, if known
	why     string     // reason of a failure, for the log

	source *actor.Props // of the content of a stream; or
	feed   feed         // of the server itself; else both are nil
	encode func(io.Writer) io.WriteCloser
	length wire.BodyLength
}

// Text makes a response with text/plain; charset=utf-8.
func (r *Request) Text(status int, text string) *Response {
	return r.Bytes(status, "text/plain; charset=utf-8", []byte(text))
}

// HTML makes a response with text/html; charset=utf-8. It escapes nothing: see html/template.
func (r *Request) HTML(status int, html string) *Response {
	return r.Bytes(status, "text/html; charset=utf-8", []byte(html))
}

// JSON makes a response with the value as application/json. If encoding/json cannot marshal the value, it is a 500, and
// the log says why.
func (r *Request) JSON(status int, value any) *Response {
	content, err := json.Marshal(value)
	if err != nil {
		return r.Fail(fmt.Errorf("the response as JSON: %w", err))
	}
	return r.Bytes(status, "application/json", content)
}

// Bytes makes a response with the content as it is. The content must not change afterwards.
func (r *Request) Bytes(status int, contentType string, content []byte) *Response {
	return &Response{Status: status, ContentType: contentType, Body: content, request: r}
}

// Status makes a response without content.
func (r *Request) Status(status int) *Response {
	return &Response{Status: status, request: r}
}

// With adds a field line and returns the response. Call it before the response is sent. If a field that may occur
// only once, such as Location, is added again, the last value counts. A name that is no token, or a value with
// control octets, turns the response into a 500 (RFC 9110 §5).
func (r *Response) With(name, value string) *Response {
	r.Fields = append(slices.Clip(r.Fields), Field{Name: name, Value: value})
	return r
}

// singletons are the fields that may occur only once in a response, because their value is no list (RFC 9110 §5.5).
// Content-Length and Transfer-Encoding are not among them: the connection writes those.
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

// fields returns the media type and the field lines to send: of each singleton only the last.
func (r *Response) fields() (contentType string, fields Fields) {
	contentType, fields = r.ContentType, r.Fields
	for i, field := range r.Fields {
		if !isSingleton(field.Name) {
			continue
		}
		if len(field.Name) == len("Content-Type") && strings.EqualFold(field.Name, "Content-Type") {
			contentType = "" // the field line came later
		}
		if r.Fields[i+1:].Has(field.Name) {
			fields = onlyLast(r.Fields)
		}
	}
	return contentType, fields
}

// onlyLast returns the fields with only the last of each singleton.
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

// Length returns the length of the content in octets, or -1 if it is a stream of unknown length.
func (r *Response) Length() int64 {
	if r.isStream() {
		return int64(r.length)
	}
	return int64(len(r.Body))
}

// isStream reports whether the content comes from elsewhere than Body.
func (r *Response) isStream() bool { return r.source != nil || r.feed != nil }

// sameStream reports whether both responses have the same stream, or none.
func (r *Response) sameStream(other *Response) bool {
	return r.source == other.source && r.feed == other.feed
}

// sentLength is the length of a stream as it is sent. What an encoding makes of it is not known before its end.
func (r *Response) sentLength() wire.BodyLength {
	if r.encode != nil {
		return wire.Chunked
	}
	return r.length
}

// inPieces makes the same response as a stream.
func (r *Response) inPieces() *Response {
	stream, rest := *r, r.Body
	stream.Body, stream.length = nil, wire.BodyLength(len(rest))
	stream.feed = &piecewise{rest}
	return &stream
}

// check returns an error if HTTP does not allow the head of the response to this request. The encoder is in the content
// then.
func (r *Request) check(encoder *wire.Encoder, response *Response) error {
	if response.Status < 200 {
		return errInterim
	}
	contentType, fields := response.fields()
	head := wire.ResponseHead{
		Status: response.Status, ContentType: contentType, Fields: wire.Fields(fields),
		Length: wire.BodyLength(len(response.Body)), Bodiless: r.head.Method == "HEAD",
	}
	if response.isStream() && wire.MayHaveContent(response.Status) {
		head.Length = response.sentLength()
	}
	_, err := encoder.AppendResponse(nil, &head)
	return err
}

// errInterim is why a status below 200 is refused.
var errInterim = &wire.MisuseError{Section: "RFC 9110 §15.2", Reason: "an interim response is not an answer"}
