package actors

import (
	"bytes"
	"fmt"
	"io"
	"mime/multipart"
	"slices"
	"strings"
	"testing"
	"time"
)

// formOf makes a multipart form of fields and files; the name of a file is its content.
func formOf(parts ...[2]string) (contentType string, content []byte) {
	var form bytes.Buffer
	w := multipart.NewWriter(&form)
	for _, part := range parts {
		if name, file := strings.CutPrefix(part[0], "file:"); file {
			to, _ := w.CreateFormFile(name, part[1])
			io.WriteString(to, part[1])
			continue
		}
		w.WriteField(part[0], part[1])
	}
	w.Close()
	return w.FormDataContentType(), form.Bytes()
}

func TestFormsAreReadWhetherCollectedOrPulled(t *testing.T) {
	bubble(t, func(k *kit) {
		k.configure(func(c *Config) { c.Limits.Body = 2000 })
		k.start()
		read := func(r *Request) *Response {
			values, err := r.Form()
			if err != nil {
				return r.Fail(err)
			}
			return r.Text(200, values.Encode())
		}
		k.serve("POST /collected", Func(read))
		k.serve("POST /pulled", Func(read), StreamBody())
		multi, two := formOf([2]string{"a", "1"}, [2]string{"file:f", "x.txt"}, [2]string{"b", "ü &"}, [2]string{"a", "2"})
		_, large := formOf([2]string{"a", strings.Repeat("x", 1500)}, [2]string{"b", strings.Repeat("x", 1500)})
		for _, test := range []struct {
			contentType string
			content     string
			want        string
		}{
			{"application/x-www-form-urlencoded", "a=1&b=x%20y&a=2", "200 a=1&a=2&b=x+y"},
			{"Application/X-WWW-Form-Urlencoded; charset=utf-8", "", "200 "},
			{"application/x-www-form-urlencoded", "a=%zz", "400 400 Bad Request\n\nThe form is malformed: invalid URL escape \"%zz\".\n"},
			{"application/x-www-form-urlencoded", "a=1;b=2", "400 400 Bad Request\n\nThe form is malformed"},
			{multi, string(two), "200 a=1&a=2&b=%C3%BC+%26"},
			{multi, string(two[:len(two)-30]), "400 400 Bad Request\n\nThe multipart form is malformed: unexpected EOF."},
			{"multipart/form-data", string(two), "400 400 Bad Request\n\nThe multipart content has no boundary"},
			{"text/plain", "a=1", "415 "},
			{"", "a=1", "415 "},
		} {
			for _, path := range []string{"/collected", "/pulled"} {
				request := NewRequest("POST", path, []byte(test.content))
				if test.contentType != "" {
					request.With("Content-Type", test.contentType)
				}
				if got := k.do(request); !strings.HasPrefix(got, test.want) {
					t.Errorf("%s %q %q: %q, want %q", path, test.contentType, test.content, got, test.want)
				}
			}
		}
		boundary := strings.TrimPrefix(strings.SplitN(string(large), "\r\n", 2)[0], "--")
		request := NewRequest("POST", "/pulled", large).With("Content-Type", "multipart/form-data; boundary="+boundary)
		if got := k.do(request); !strings.HasPrefix(got, "413 ") {
			t.Errorf("more than Limits.Body in fields: %.100q", got)
		}
	})
}

// A large upload is read part by part while it arrives, and the server holds little of it.
func TestPartsAreReadAsTheyArrive(t *testing.T) {
	bubble(t, func(k *kit) {
		var seen []string
		k.serve("POST /", Func(func(r *Request) *Response {
			parts, err := r.Parts()
			for err == nil {
				var part *multipart.Part
				if part, err = parts.NextPart(); err == nil {
					n, copied := io.Copy(io.Discard, part)
					seen = append(seen, fmt.Sprint(part.FormName(), " ", part.FileName(), " ", n, " ", copied))
				}
			}
			return r.Text(200, err.Error())
		}), StreamBody())
		file := strings.Repeat("x", 100<<10)
		contentType, content := formOf([2]string{"a", file}, [2]string{"file:b", "../b.txt"})
		c := k.dial()
		c.send(fmt.Sprintf("POST / HTTP/1.1\r\nHost: h\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n", contentType, len(content)))
		for piece := range slices.Chunk(content, 10<<10) {
			c.send(string(piece))
			k.wait(0)
			if held := k.server.env.content.held.Load(); held > 0 {
				t.Fatalf("%d octets are held of content that is pulled", held)
			}
		}
		if got := c.cut(); !strings.Contains(got, "200 OK") || !strings.HasSuffix(got, "EOF") {
			t.Error(got)
		}
		if want := []string{"a  102400 <nil>", "b b.txt 8 <nil>"}; !slices.Equal(seen, want) {
			t.Errorf("got %q, want %q", seen, want)
		}
		c = k.dial() // one that leaves in the middle
		c.send(fmt.Sprintf("POST / HTTP/1.1\r\nHost: h\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n", contentType, len(content)))
		c.send(string(content[:1000]))
		c.conn.Close()
		k.wait(0)
		if got := seen[len(seen)-1]; !strings.HasSuffix(got, "unexpected EOF") {
			t.Error(got)
		}
	})
}

func TestContentReader(t *testing.T) {
	bubble(t, func(k *kit) {
		k.start()
		k.serve("POST /read", Func(func(r *Request) *Response {
			reader := r.Reader()
			got, err := io.ReadAll(reader)
			again, errAgain := reader.Read(make([]byte, 1))
			return r.Text(200, fmt.Sprintf("%s %v %d %v %q", got, err, again, errAgain, reader.Trailers()))
		}), StreamBody())
		k.serve("POST /copy", Func(func(r *Request) *Response {
			var got bytes.Buffer
			n, err := io.Copy(&got, r.Reader())
			return r.Text(200, fmt.Sprint(got.String(), " ", n, " ", err))
		}))
		const chunked = " HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\nX-T: t\r\n\r\n"
		c := k.dial()
		c.send("POST /read" + chunked)
		if got := c.cut(); !strings.HasSuffix(got, `abcde <nil> 0 EOF [{"X-T" "t"}]`) {
			t.Error(got)
		}
		c.send("POST /copy" + chunked)
		if got := c.cut(); !strings.HasSuffix(got, "abcde 5 <nil>") {
			t.Error(got)
		}
		var after *Request // an exchange that has ended
		k.serve("POST /later", Func(func(r *Request) *Response { after = r; return r.Status(204) }), StreamBody())
		c.send("POST /later" + chunked)
		c.cut()
		if _, err := after.Reader().Read(make([]byte, 1)); err != ErrExchangeOver {
			t.Error(err)
		}
		c.end()
		k.wait(0)
		if _, err := after.Reader().Read(make([]byte, 1)); err != ErrExchangeOver {
			t.Error(err)
		}
	})
}

// A deadline ends a Read that waits, and a later one lets it wait again.
func TestTheDeadlineOfAContentReaderIsSetWhileItWaits(t *testing.T) {
	bubble(t, func(k *kit) {
		k.serve("POST /", Func(func(r *Request) *Response {
			reader := r.Reader()
			time.AfterFunc(time.Second, func() { reader.SetDeadline(time.Now().Add(time.Second)) })
			begun := time.Now()
			_, err := reader.Read(make([]byte, 1))
			waited := time.Since(begun)
			reader.SetDeadline(time.Time{})
			got, errAll := io.ReadAll(reader)
			return r.Text(200, fmt.Sprint(err, " ", waited, " ", string(got), " ", errAll))
		}), StreamBody())
		k.peer.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\n")
		k.wait(3 * time.Second)
		k.peer.send("abc")
		k.peer.want("the reader was told", "HTTP/1.1 200", "i/o timeout 2s abc <nil>")
	})
}
