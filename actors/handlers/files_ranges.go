package handlers

import (
	"crypto/rand"
	"fmt"
	"io"
	"io/fs"
	"strings"

	"github.com/troupe-go/troupe/actors"
	"github.com/troupe-go/troupe/wire"
)

// byteRanges answers with several parts of a file (RFC 9110 §14.6).
func (f *filer) byteRanges(r *actors.Request, v *variant, file fs.File, ranges []wire.Range) *actors.Response {
	boundary := rand.Text()
	body := &multipart{file: file}
	for i, part := range ranges {
		begin := "\r\n--"
		if i == 0 {
			begin = "--"
		}
		head := fmt.Sprintf("%s%s\r\nContent-Type: %s\r\nContent-Range: %s\r\n\r\n", begin, boundary, v.fields.Get("Content-Type"), part.ContentRange(v.info.Size()))
		body.add(strings.NewReader(head), int64(len(head)))
		body.add(&section{body: body, at: part}, part.Length())
	}
	end := "\r\n--" + boundary + "--\r\n"
	body.add(strings.NewReader(end), int64(len(end)))
	fields := with(v.fields[1:], "Content-Type", "multipart/byteranges; boundary="+boundary)
	return r.StreamFrom(206, fields, body, body.length)
}

// A multipart is content in several parts, which it reads one after another.
type multipart struct {
	file   fs.File
	parts  []io.Reader
	length int64
}

func (m *multipart) add(part io.Reader, length int64) {
	m.parts = append(m.parts, part)
	m.length += length
}

func (m *multipart) Read(into []byte) (int, error) {
	for len(m.parts) > 0 {
		n, err := m.parts[0].Read(into)
		if err == io.EOF {
			m.parts, err = m.parts[1:], nil
		}
		if n > 0 || err != nil {
			return n, err
		}
	}
	return 0, io.EOF
}

func (m *multipart) Close() error { return m.file.Close() }

// A section is a part of the file.
type section struct {
	body  *multipart
	at    wire.Range
	begun bool
}

func (s *section) Read(into []byte) (int, error) {
	left := s.at.Length()
	if left == 0 {
		return 0, io.EOF
	}
	if !s.begun {
		s.begun = true
		if err := skip(s.body.file, s.at.First); err != nil {
			return 0, err
		}
	}
	n, err := s.body.file.Read(into[:min(int64(len(into)), left)])
	s.at.First += int64(n)
	if err == io.EOF && s.at.Length() > 0 {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}
