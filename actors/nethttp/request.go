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
	made := (&http.Request{
		Method: from.Method(), URL: address(from), RequestURI: from.Target(),
		Proto: from.Proto(), ProtoMajor: 1, ProtoMinor: 1,
		Header: header(from.Fields()), Host: from.Host(), RemoteAddr: "@", TLS: from.TLS(),
		ContentLength: from.ContentLength(), Pattern: from.Pattern(),
	}).WithContext(original{from.Context(), from})
	if from.Proto() == "HTTP/1.0" {
		made.ProtoMinor = 0
	}
	if peer := from.Peer(); peer.IsValid() {
		made.RemoteAddr = peer.String() // else it came by a Unix socket
	}
	made.Close = lists(made.Header["Connection"], "close") ||
		made.ProtoMinor == 0 && !lists(made.Header["Connection"], "keep-alive") // (RFC 9112 §9.3)
	if made.ContentLength < 0 {
		made.TransferEncoding = []string{"chunked"}
		announceTrailers(made)
	}
	made.Body = content(from, made, w)
	for name, value := range from.Params() {
		made.SetPathValue(name, value)
	}
	return made
}

// address makes the URL of a request. It has a host only if the client sent one in the target, as to a proxy.
func address(of *actors.Request) *url.URL {
	uri, target := of.Path(), of.Target()
	if query := of.RawQuery(); query != "" || strings.HasSuffix(target, "?") {
		uri += "?" + query
	}
	made, err := url.ParseRequestURI(uri)
	if err != nil {
		made = &url.URL{Path: uri}
	}
	if scheme, _, absolute := strings.Cut(target, "://"); absolute && target[0] != '/' {
		made.Scheme, made.Host = strings.ToLower(scheme), of.Host()
	}
	return made
}

// An original is the context of a request that knows where it comes from.
type original struct {
	context.Context
	request *actors.Request
}

type originalKey struct{}

func (o original) Value(key any) any {
	switch key {
	case originalKey{}:
		return o.request
	case http.ServerContextKey:
		return standIn
	}
	return o.Context.Value(key)
}

// standIn is the server for http.ServerContextKey. It serves nothing. Without one, httputil.ReverseProxy would not break
// off when its back end does: it panics with http.ErrAbortHandler only if it knows that a server handles that.
var standIn = &http.Server{}

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
	if pragma := made["Pragma"]; len(pragma) > 0 && pragma[0] == "no-cache" && made["Cache-Control"] == nil {
		made["Cache-Control"] = []string{"no-cache"} // as net/http does
	}
	return made
}

// lists reports whether an option is in a list, which may have several lines.
func lists(values []string, wanted string) bool {
	for _, value := range values {
		for option := range strings.SplitSeq(value, ",") {
			if strings.EqualFold(strings.TrimSpace(option), wanted) {
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
	if of.ContentLength == 0 {
		return http.NoBody
	}
	w.body = &body{of: of}
	if len(from.Body) > 0 && len(from.Trailers) == 0 {
		w.body.from = bytes.NewReader(from.Body)
	} else {
		w.body.arrives = from.Reader()
		w.body.from = w.body.arrives
	}
	return w.body
}
