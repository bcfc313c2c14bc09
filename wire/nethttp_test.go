package wire

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/textproto"
	"net/url"
	"reflect"
	"strings"
	"testing"
)

// net/http is the independent judge here. If it reads differently, the difference is listed below with the clause
// that decides it. Requests that only one of us accepts are no difference in reading.

// Invariant: if both we and net/http accept a stream of requests, both read the same: method, target, version,
// authority, fields, content, trailers, persistence, and where each request ends.
func FuzzAgainstNetHTTP(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, octets []byte) {
		limits := Limits{}.WithDefaults()
		decoder := NewDecoder(&limits)
		decoder.Feed(octets)
		rest := bytes.NewReader(octets)
		theirs := bufio.NewReader(rest)
		for {
			ours, content, trailers := readOurs(decoder)
			request, err := http.ReadRequest(theirs)
			if ours == nil || err != nil {
				return
			}
			body, err := io.ReadAll(request.Body)
			if err != nil {
				return
			}
			compareHeads(t, ours, request)
			if !bytes.Equal(content, body) {
				t.Fatalf("content %q, net/http %q", content, body)
			}
			compareFields(t, "trailers", headerOf(trailers), withoutNil(request.Trailer))
			if a, b := decoder.Buffered(), rest.Len()+theirs.Buffered(); a != b {
				t.Fatalf("%d octets are left behind the request, for net/http %d", a, b)
			}
		}
	})
}

// readOurs is the next complete message, nil if there is none.
func readOurs(d *Decoder) (head *RequestHead, content []byte, trailers Fields) {
	for event, _ := d.Next(); event != nil; event, _ = d.Next() {
		switch event := event.(type) {
		case *RequestHead:
			head = event
		case *Data:
			content = append(content, event.Bytes...)
		case *End:
			return head, content, event.Trailers
		}
	}
	return nil, nil, nil
}

func compareHeads(t *testing.T, ours *RequestHead, theirs *http.Request) {
	t.Helper()
	length := int64(ours.Length)
	coding := ""
	if ours.Length == Chunked {
		coding = "chunked"
	}
	a := []any{ours.Method, ours.Target.Raw, ours.Version.String(), length, coding, !ours.Persist}
	b := []any{theirs.Method, theirs.RequestURI, theirs.Proto, theirs.ContentLength,
		strings.Join(theirs.TransferEncoding, ","), theirs.Close}
	if !reflect.DeepEqual(a, b) {
		t.Fatalf("head %v, net/http %v", a, b)
	}
	compareTargets(t, ours.Target, theirs)
	fields := headerOf(ours.Fields)
	delete(fields, "Host")              // net/http has it in Request.Host
	delete(fields, "Transfer-Encoding") // net/http has it in Request.TransferEncoding
	if ours.Length == Chunked {
		delete(fields, "Trailer") // net/http has it in Request.Trailer
	}
	compareFields(t, "fields", fields, theirs.Header)
}

func compareTargets(t *testing.T, ours RequestTarget, theirs *http.Request) {
	t.Helper()
	// The host of an absolute-form target net/http gives without its percent-encoding, which means
	// the same (RFC 3986 §3.2.2).
	authority := ours.Authority
	if ours.Form == AbsoluteForm || ours.Form == AsteriskForm && ours.Raw != "*" {
		authority, _ = url.PathUnescape(authority)
	}
	if authority != theirs.Host {
		t.Fatalf("authority %q, net/http %q", authority, theirs.Host)
	}
	if ours.Query != theirs.URL.RawQuery {
		t.Fatalf("query %q, net/http %q", ours.Query, theirs.URL.RawQuery)
	}
	path, err := url.PathUnescape(ours.Path)
	if err != nil {
		t.Fatalf("path %q: %v", ours.Path, err)
	}
	theirPath := theirs.URL.Path
	switch {
	case ours.Form == AsteriskForm || ours.Form == AuthorityForm:
		theirPath = "" // net/http takes the asterisk for a path; it is none (RFC 9112 §3.2.4)
	case theirPath == "":
		theirPath = "/" // "an empty path component is equivalent to […] '/'" (RFC 9110 §4.2.3)
	case theirs.URL.EscapedPath() != ours.Path:
		// net/http leaves dot segments to its router (RFC 3986 §5.2.4 removes them).
		raw, _, _ := strings.Cut(ours.Raw, "?")
		if ours.Form == AbsoluteForm {
			_, raw, _ = strings.Cut(raw, "://")
			raw = raw[strings.IndexByte(raw, '/'):]
		}
		theirPath, _ = url.PathUnescape(removeDotSegments(raw))
	}
	if path != theirPath {
		t.Fatalf("path %q, net/http %q", path, theirPath)
	}
}

// headerOf gives fields in the form of net/http.
func headerOf(fields Fields) http.Header {
	header := http.Header{}
	for _, field := range fields {
		name := textproto.CanonicalMIMEHeaderKey(field.Name)
		header[name] = append(header[name], textproto.TrimString(field.Value))
	}
	return header
}

func withoutNil(header http.Header) http.Header {
	header = header.Clone()
	for name, values := range header {
		if values == nil {
			delete(header, name) // announced, and not there
		}
	}
	return header
}

func compareFields(t *testing.T, what string, ours, theirs http.Header) {
	t.Helper()
	// net/http adds "Cache-Control: no-cache" to "Pragma: no-cache", which RFC 9111 §5.4 lets only a
	// cache conclude.
	if _, has := ours["Cache-Control"]; !has && ours.Get("Pragma") == "no-cache" && len(theirs["Cache-Control"]) == 1 {
		theirs.Del("Cache-Control")
	}
	if len(ours) == 0 && len(theirs) == 0 {
		return
	}
	if !reflect.DeepEqual(ours, theirs) {
		t.Fatalf("%s %q, net/http %q", what, ours, theirs)
	}
}

// Invariant: a response is refused with a *MisuseError and nothing appended, or net/http reads exactly it.
func FuzzResponse(f *testing.F) {
	f.Add(200, int64(5), false, "", "now", "a/b", "X", "y", []byte("hello"), "", "")
	f.Add(200, int64(Chunked), false, "keep-alive", "", "", "X", "", []byte("hello"), "Y", "z")
	f.Add(200, int64(UntilClose), false, "close", "", "a/b", "X", "y\r\nZ: ", []byte("hello"), "", "")
	f.Add(204, int64(0), false, "", "", "", "Content-Length", "5", []byte("x"), "", "")
	f.Add(304, int64(-3), true, "close", "", "", "Set-Cookie", "a=b", []byte{}, "Host", "")
	f.Add(103, int64(0), false, "", "", "", "Link", "</a>", []byte{}, "", "")
	f.Fuzz(func(t *testing.T, status int, length int64, bodiless bool, connection, date, contentType, name, value string,
		content []byte, trailerName, trailerValue string) {
		head := &ResponseHead{Status: status, Length: BodyLength(length), Bodiless: bodiless, Connection: connection,
			Date: date, ContentType: contentType}
		if name != "" {
			head.Fields = Fields{{name, value}}
		}
		if length > 0 {
			head.Length = BodyLength(len(content)) // else hardly any would fit
		}
		events := []Event{head}
		if status >= 200 || status == 101 {
			end := &End{}
			if trailerName != "" {
				end.Trailers = Fields{{trailerName, trailerValue}}
			}
			events = append(events, &Data{content}, end)
		}
		var encoder Encoder
		var out []byte
		for _, event := range events {
			longer, err := encoder.Append(out, event)
			if err != nil {
				if !errors.As(err, new(*MisuseError)) || len(longer) != len(out) {
					t.Fatalf("%T: error %v, %d octets appended", event, err, len(longer)-len(out))
				}
				return
			}
			out = longer
		}
		readBack(t, out, events)
	})
}

func readBack(t *testing.T, octets []byte, events []Event) {
	t.Helper()
	head := events[0].(*ResponseHead)
	request := &http.Request{Method: "GET"}
	if head.Bodiless {
		request.Method = "HEAD"
	}
	// A response to HEAD keeps no trailer section, and net/http refuses a Trailer that announces
	// framing fields, which only informs (RFC 9110 §6.6.2).
	if head.Fields.Has("Trailer") {
		return
	}
	rest := bufio.NewReader(bytes.NewReader(octets))
	response, err := http.ReadResponse(rest, request)
	if err != nil {
		t.Fatalf("%q: net/http: %v", octets, err)
	}
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatalf("%q: net/http: %v", octets, err)
	}
	if response.StatusCode != head.Status || response.Status != fmt.Sprintf("%d %s", head.Status, StatusText(head.Status)) {
		t.Fatalf("status %d became %q", head.Status, response.Status)
	}
	fields := append(Fields{}, head.Fields...)
	var options connectionOptions
	options.parseConnection(head.Connection)
	if response.Close != options.close {
		t.Fatalf("%q closes: %v, net/http: %v", octets, options.close, response.Close)
	}
	own := Fields{{"Date", head.Date}, {"Content-Type", head.ContentType}}
	if !options.close {
		own = append(own, Field{"Connection", head.Connection}) // net/http has close in Response.Close
	}
	for _, own := range own {
		if own.Value != "" {
			fields = append(fields, own)
		}
	}
	if head.Length >= 0 && MayHaveContent(head.Status) {
		fields = append(fields, Field{"Content-Length", fmt.Sprint(head.Length)})
	}
	compareFields(t, "fields", headerOf(fields), response.Header)
	var content []byte
	var trailers Fields
	if !head.Bodiless && MayHaveContent(head.Status) {
		content, trailers = events[1].(*Data).Bytes, events[2].(*End).Trailers
	}
	if !bytes.Equal(body, content) {
		t.Fatalf("%q: content %q, net/http %q", octets, content, body)
	}
	compareFields(t, "trailers", headerOf(trailers), withoutNil(response.Trailer))
	if rest.Buffered() > 0 {
		t.Fatalf("%q: %d octets are left behind the response", octets, rest.Buffered())
	}
}
