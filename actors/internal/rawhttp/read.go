package rawhttp

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
)

// maxLine is the longest line of a response, in octets, with its CRLF.
const maxLine = 1 << 20

// ReadResponse reads one response to a request of that method from a stream, and no octet more. HEAD is the only
// method whose response never has content. An interim response counts as a response. If the stream ends or fails
// before the first octet, the error is that of the stream: io.EOF for an end. An end within a response is an
// io.ErrUnexpectedEOF. Any other error says what is not well-formed, and which rule it breaks; then Octets of the
// response has what was read.
//
// It reads more strictly than a client must: a line ends in CRLF, fields are not folded, content has one framing,
// chunked is the only transfer coding, and content that ends with the connection is announced by Connection: close.
func ReadResponse(in *bufio.Reader, method string) (*Response, error) {
	p := &parser{in: in}
	r, err := &Response{}, error(nil)
	for _, read := range []func(*Response) error{p.readStatus, p.readFields, func(r *Response) error { return p.readContent(r, method) }} {
		if err = read(r); err != nil {
			break
		}
	}
	r.Octets = p.octets.String()
	if errors.Is(err, io.EOF) && r.Octets != "" {
		err = io.ErrUnexpectedEOF
	}
	return r, err
}

// A parser reads a response, and keeps its octets.
type parser struct {
	in     *bufio.Reader
	octets bytes.Buffer
}

// line reads a line, without its CRLF.
func (p *parser) line() (string, error) {
	begin := p.octets.Len()
	for more := true; more; {
		piece, err := p.in.ReadSlice('\n')
		p.octets.Write(piece)
		if more = err == bufio.ErrBufferFull; err != nil && !more {
			return "", err
		}
		if p.octets.Len()-begin > maxLine {
			return "", fmt.Errorf("a line is longer than %d octets", maxLine)
		}
	}
	text := string(p.octets.Bytes()[begin:])
	line, ended := strings.CutSuffix(text, "\r\n")
	if !ended {
		return "", fmt.Errorf("%.200q ends in LF without CR (RFC 9112 §2.2)", text)
	}
	if strings.ContainsFunc(line, func(c rune) bool { return c < ' ' && c != '\t' || c == 0x7f }) {
		return "", fmt.Errorf("%.200q has control octets (RFC 9112 §2.2, RFC 9110 §5.5)", text)
	}
	return line, nil
}

// The code is of an existing class, and a space follows it even without a reason phrase.
var statusLine = regexp.MustCompile(`^HTTP/1\.1 ([1-5][0-9][0-9] .*)$`)

func (p *parser) readStatus(r *Response) error {
	line, err := p.line()
	if err != nil {
		return err
	}
	found := statusLine.FindStringSubmatch(line)
	if found == nil {
		return fmt.Errorf("%.200q is no status line of HTTP/1.1 (RFC 9112 §4)", line)
	}
	r.Status = found[1]
	return nil
}

func (p *parser) readFields(r *Response) (err error) {
	r.Fields, err = p.section()
	return err
}

// section reads field lines up to the empty line that ends them.
func (p *parser) section() (fields []Field, err error) {
	for {
		line, err := p.line()
		if err != nil || line == "" {
			return fields, err
		}
		name, value, colon := strings.Cut(line, ":")
		if !colon || !isToken(name) {
			return fields, fmt.Errorf("%.200q is no field line (RFC 9112 §5)", line)
		}
		fields = append(fields, Field{name, strings.Trim(value, " \t")})
	}
}

// isToken reports whether s is a name (RFC 9110 §5.6.2).
func isToken(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(c rune) bool {
		alphanumeric := '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
		return !alphanumeric && !strings.ContainsRune("!#$%&'*+-.^_`|~", c)
	})
}
