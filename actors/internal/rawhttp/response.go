package rawhttp

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// A Response is one whole response, as it came. It does not change when the client reads on.
type Response struct {
	Status   string  // such as "200 OK": the code, a space, and the reason phrase, which may be empty
	Fields   []Field // in the order in which they came
	Content  string  // without the framing of chunks
	Trailers []Field // the fields after chunked content
	Octets   string  // the whole response, as it came
}

// A Field is a line of a field section, without white space around its value.
type Field struct{ Name, Value string }

// Values returns the values of all fields with that name, compared without case. Trailers are not included.
func (r *Response) Values(name string) (values []string) {
	for _, f := range r.Fields {
		if strings.EqualFold(f.Name, name) {
			values = append(values, f.Value)
		}
	}
	return values
}

// StatusCode is the code of the status line, such as 200.
func (r *Response) StatusCode() int {
	code, _, _ := strings.Cut(r.Status, " ")
	number, _ := strconv.Atoi(code) // it is three digits: it was read strictly
	return number
}

// Field returns the value of the field with that name, compared without case. Several values are joined with commas
// (RFC 9110 §5.3); without the field it is empty.
func (r *Response) Field(name string) string { return strings.Join(r.Values(name), ", ") }

// Closes reports whether the response says that it is the last one of its connection (RFC 9112 §9.6).
func (r *Response) Closes() bool {
	return slices.ContainsFunc(strings.Split(r.Field("Connection"), ","), func(option string) bool {
		return strings.EqualFold(strings.Trim(option, " \t"), "close")
	})
}

// interim reports whether the response is of class 1xx, which has no content (RFC 9110 §15.2).
func (r *Response) interim() bool { return strings.HasPrefix(r.Status, "1") }

// String shows the beginning of the response, or of the part that came.
func (r *Response) String() string {
	if r == nil || r.Octets == "" {
		return "no response"
	}
	return fmt.Sprintf("%.500q", r.Octets)
}
