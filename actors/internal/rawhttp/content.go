package rawhttp

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// readContent reads the content up to the end that the fields announce (RFC 9112 §6.3).
func (p *parser) readContent(r *Response, method string) error {
	codings, lengths := r.Values("Transfer-Encoding"), r.Values("Content-Length")
	if err := checkFraming(r, codings, lengths); err != nil {
		return err
	}
	switch code := r.Status[:3]; {
	case method == "HEAD" || r.interim() || code == "204" || code == "304":
		return nil
	case len(codings) > 0:
		return p.readChunks(r)
	case len(lengths) > 0:
		n, err := strconv.ParseInt(lengths[0], 10, 64)
		if err != nil {
			return fmt.Errorf("Content-Length %q: %v", lengths[0], err)
		}
		r.Content, err = p.take(n)
		return err
	case r.Closes():
		content, err := io.ReadAll(p.in)
		p.octets.Write(content)
		r.Content = string(content)
		return err
	}
	return errors.New("content without an end: no Content-Length, not chunked, no Connection: close (RFC 9112 §6.3)")
}

// checkFraming checks that the fields say clearly where the content ends.
func checkFraming(r *Response, codings, lengths []string) error {
	switch {
	case len(codings) > 0 && len(lengths) > 0:
		return errors.New("Content-Length with Transfer-Encoding (RFC 9112 §6.2)")
	case len(lengths) > 1:
		return fmt.Errorf("more than one Content-Length: %q (RFC 9112 §6.3)", lengths)
	case len(lengths) == 1 && !consistsOf(lengths[0], "0123456789"):
		return fmt.Errorf("Content-Length %q is no number (RFC 9110 §8.6)", lengths[0])
	case len(codings) > 1 || len(codings) == 1 && !strings.EqualFold(codings[0], "chunked"):
		return fmt.Errorf("Transfer-Encoding %q is not chunked alone (RFC 9112 §6.1)", codings)
	case (r.interim() || r.Status[:3] == "204") && len(codings)+len(lengths) > 0:
		return fmt.Errorf("%s has no content, and says where it ends (RFC 9112 §6.1, RFC 9110 §8.6)", r.Status)
	}
	return nil
}

// readChunks reads chunked content and its trailers (RFC 9112 §7.1).
func (p *parser) readChunks(r *Response) error {
	var content strings.Builder
	for {
		n, err := p.chunkSize()
		if err != nil {
			return err
		}
		if n == 0 {
			break
		}
		chunk, err := p.take(n)
		content.WriteString(chunk)
		r.Content = content.String()
		if err != nil {
			return err
		}
		if end, err := p.take(2); err != nil {
			return err
		} else if end != "\r\n" {
			return fmt.Errorf("a chunk of %d octets is followed by %q, not CRLF (RFC 9112 §7.1)", n, end)
		}
	}
	var err error
	r.Trailers, err = p.section()
	for _, f := range r.Trailers {
		if strings.EqualFold(f.Name, "Content-Length") || strings.EqualFold(f.Name, "Transfer-Encoding") {
			return fmt.Errorf("%s is a trailer (RFC 9110 §6.5.1)", f.Name)
		}
	}
	return err
}

// chunkSize reads the line before a chunk. It ignores extensions.
func (p *parser) chunkSize() (int64, error) {
	line, err := p.line()
	if err != nil {
		return 0, err
	}
	size, _, _ := strings.Cut(line, ";")
	n, err := strconv.ParseInt(size, 16, 64)
	if err != nil || !consistsOf(size, "0123456789abcdefABCDEF") {
		return 0, fmt.Errorf("%.200q begins with no chunk size (RFC 9112 §7.1)", line)
	}
	return n, nil
}

// take takes n octets. It allocates no more room than what comes.
func (p *parser) take(n int64) (string, error) {
	begin := p.octets.Len()
	_, err := io.CopyN(&p.octets, p.in, n)
	return string(p.octets.Bytes()[begin:]), err
}

// consistsOf reports whether s is not empty and has only these octets.
func consistsOf(s, octets string) bool { return s != "" && strings.Trim(s, octets) == "" }
