package actors

import (
	"bytes"
	"fmt"
	"io"
	"mime"
	"strings"
)

// Redirect makes a response that sends the client elsewhere. The status is 301, 302, 303, 307 or 308: 303 makes the
// client use GET, 307 and 308 keep its method (RFC 9110 §15.4). The location is a URI, or a path of this server.
// Characters that no URI has are percent-encoded.
//
// A location that a client has chosen may lead to another server: "//example.com" does. Check it before.
func (r *Request) Redirect(status int, location string) *Response {
	switch status {
	case 301, 302, 303, 307, 308:
	default:
		mistake("Redirect: %d does not redirect: use 303 to show the result of a POST, 307, 308, 301 or 302", status)
	}
	return r.Status(status).With("Location", inURI(location))
}

// inURI percent-encodes what may not occur in a URI (RFC 3986 §2). A backslash is like a slash for browsers.
func inURI(text string) string {
	var uri strings.Builder
	for _, c := range []byte(text) {
		if c <= ' ' || c >= 0x7f || strings.IndexByte("\"<>\\^`{|}", c) >= 0 {
			fmt.Fprintf(&uri, "%%%02X", c)
			continue
		}
		uri.WriteByte(c)
	}
	return uri.String()
}

// Template makes a response with the HTML that the template makes of the data. The template is a *template.Template of
// html/template, which escapes the data; its method Lookup finds one of several by name. If it fails, the response is a
// 500, and the log says why: nothing of a half-made page is sent.
func (r *Request) Template(status int, template interface {
	Execute(to io.Writer, data any) error
}, data any) *Response {
	var page bytes.Buffer
	if err := template.Execute(&page, data); err != nil {
		return r.Fail(fmt.Errorf("the template of the response: %w", err))
	}
	return r.Bytes(status, "text/html; charset=utf-8", page.Bytes())
}

// Attachment makes browsers save the content as a file of that name instead of showing it, and returns the response (RFC
// 6266). The name may be in any language; browsers drop its directories.
func (r *Response) Attachment(filename string) *Response {
	parameters := map[string]string{"filename": filename}
	if filename == "" {
		parameters = nil
	}
	return r.With("Content-Disposition", mime.FormatMediaType("attachment", parameters))
}
