package actors

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/troupe-go/troupe/wire"
)

// The request of a call: made by the caller, and read as one of a client.

// NewRequest makes a request for [Server.Do]. The target is a path with a query, such as "/rooms/red?since=7", or a
// URL with a host. The body may be nil. Do, not NewRequest, reports invalid arguments.
func NewRequest(method, target string, body []byte) *Request {
	return &Request{Body: body, head: wire.RequestHead{Method: method, Target: wire.RequestTarget{Raw: target}}}
}

// With adds a field line to a request of [NewRequest], and returns the request. Do not add Content-Length or
// Transfer-Encoding: the server sets the length itself. Host is "localhost" unless it is set here or in the target.
func (r *Request) With(name, value string) *Request {
	if r.env != nil {
		mistake("With: the request has come from a client, and does not change")
	}
	r.head.Fields = append(r.head.Fields, Field{Name: name, Value: value})
	return r
}

// parse makes the request of the exchange. It is a copy, since the caller may use its own again, and it goes through
// the decoder, so that it obeys the same rules as a request of a client. What comes out must be what went in: text from
// elsewhere must not become fields of its own.
func (c *call) parse(from *Request) error {
	fields := slices.Clone(from.head.Fields)
	for i, field := range fields {
		if strings.EqualFold(field.Name, "Content-Length") || strings.EqualFold(field.Name, "Transfer-Encoding") {
			return fmt.Errorf("the field %s is the server's", field.Name)
		}
		fields[i].Value = strings.Trim(field.Value, " \t") // as a recipient does (RFC 9110 §5.5)
	}
	if !fields.Has("Host") {
		fields = append(fields, wire.Field{Name: "Host", Value: "localhost"})
	}
	fields = append(fields, wire.Field{Name: "Content-Length", Value: strconv.Itoa(len(from.Body))})
	var octets bytes.Buffer
	fmt.Fprintf(&octets, "%s %s HTTP/1.1\r\n", from.head.Method, from.head.Target.Raw)
	for _, field := range fields {
		fmt.Fprintf(&octets, "%s: %s\r\n", field.Name, field.Value)
	}
	octets.WriteString("\r\n")
	decoder := wire.NewDecoder(&c.env.limits)
	r := &Request{env: c.env, exchange: 1, complete: true}
	decoder.Into(&r.head, r.fields[:])
	decoder.Feed(octets.Bytes())
	event, err := decoder.Next()
	switch {
	case err != nil:
		return err
	case event == nil, decoder.Buffered() > 0, r.head.Method != from.head.Method, r.head.Target.Raw != from.head.Target.Raw,
		!slices.Equal(r.head.Fields, fields):
		return errors.New("its method, target or a field holds what does not belong there, such as a line break")
	}
	if len(from.Body) > 0 {
		r.Body = from.Body
	}
	c.request = r
	return nil
}
