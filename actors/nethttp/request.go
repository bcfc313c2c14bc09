package nethttp

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/troupe-go/troupe/actors"
)

// newRequest makes the request that an http.Handler gets.
func newRequest(from *actors.Request, w *writer) *http.Request {
	uri := from.Path()
	if query := from.RawQuery(); query != "" || strings.HasSuffix(from.Target(), "?") {
		uri += "?" + query
	}
	address, err := url.ParseRequestURI(uri)
	if err != nil {
		address = &url.URL{Path: uri}
	}
	made := &http.Request{
		Method: from.Method(), URL: address, RequestURI: from.Target(),
		Proto: from.Proto(), ProtoMajor: 1, ProtoMinor: 1,
		Header: header(from.Fields()), Host: from.Host(), RemoteAddr: "@", TLS: from.TLS(),
		ContentLength: from.ContentLength(), Pattern: from.Pattern(),
	}
	if from.Proto() == "HTTP/1.0" {
		made.ProtoMinor = 0
	}
	if peer := from.Peer(); peer.IsValid() {
		made.RemoteAddr = peer.String() // else it came by a Unix socket
	}
	made.Close = made.ProtoMinor == 0 || listsClose(made.Header["Connection"])
	if made.ContentLength < 0 {
		made.TransferEncoding = []string{"chunked"}
		announceTrailers(made)
	}
	made.Body = content(from, made, w)
	for name, value := range from.Params() {
		made.SetPathValue(name, value)
	}
	return made.WithContext(original{from.Context(), from})
}

// An original is the context of a request that knows where it comes from.
type original struct {
	context.Context
	request *actors.Request
}

type originalKey struct{}

func (o original) Value(key any) any {
	if key == (originalKey{}) {
		return o.request
	}
	return o.Context.Value(key)
}

// Original returns the request of which the server made r, with the values that functions of actors.Before have set; nil
// if it made none. It is found by the context of r.
func Original(r *http.Request) *actors.Request {
	request, _ := r.Context().Value(originalKey{}).(*actors.Request)
	return request
}

// header makes the header of the field lines of a request. Host and the framing are members of http.Request.
func header(fields actors.Fields) http.Header {
	made, values := make(http.Header, len(fields)), make([]string, len(fields))
	for i, field := range fields {
		name := http.CanonicalHeaderKey(field.Name)
		if name == "Host" || name == "Transfer-Encoding" {
			continue
		}
		if _, again := made[name]; again {
			made[name] = append(made[name], field.Value)
			continue
		}
		values[i] = field.Value
		made[name] = values[i : i+1 : i+1]
	}
	return made
}

func listsClose(values []string) bool {
	for _, value := range values {
		for option := range strings.SplitSeq(value, ",") {
			if strings.EqualFold(strings.TrimSpace(option), "close") {
				return true
			}
		}
	}
	return false
}

// announceTrailers makes a nil entry for each trailer field that the request announces.
func announceTrailers(r *http.Request) {
	for _, value := range r.Header["Trailer"] {
		for name := range strings.SplitSeq(value, ",") {
			if r.Trailer == nil {
				r.Trailer = make(http.Header)
			}
			r.Trailer[http.CanonicalHeaderKey(strings.TrimSpace(name))] = nil
		}
	}
	delete(r.Header, "Trailer")
}

// content makes the body of a request.
func content(from *actors.Request, of *http.Request, w *writer) io.ReadCloser {
	switch {
	case of.ContentLength == 0:
		return http.NoBody
	case len(from.Body) > 0 && len(from.Trailers) == 0:
		return io.NopCloser(bytes.NewReader(from.Body))
	}
	w.body = from.Reader()
	return &body{from: w.body, of: of}
}

// A body reads the content of a request as it arrives.
type body struct {
	from   *actors.ContentReader
	of     *http.Request
	closed bool
}

func (b *body) Read(into []byte) (int, error) {
	if b.closed {
		return 0, http.ErrBodyReadAfterClose
	}
	n, err := b.from.Read(into)
	if err == io.EOF {
		b.addTrailers()
	}
	return n, err
}

func (b *body) addTrailers() {
	for _, field := range b.from.Trailers() {
		if b.of.Trailer == nil {
			b.of.Trailer = make(http.Header)
		}
		name := http.CanonicalHeaderKey(field.Name)
		b.of.Trailer[name] = append(b.of.Trailer[name], field.Value)
	}
}

func (b *body) Close() error {
	b.closed = true
	return nil
}
