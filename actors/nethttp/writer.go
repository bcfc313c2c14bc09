package nethttp

import (
	"errors"
	"io"
	"net/http"
	"strconv"
	"sync/atomic"

	"github.com/troupe-go/troupe/actors"
)

// bufferSize is how much of the content is held back until the handler returns or flushes: a response up to that size
// has a Content-Length, and leaves in one piece. Larger ones leave in pieces of that size.
const bufferSize = 32 << 10

// A writer is the http.ResponseWriter of one request. One goroutine at a time may use it, until ServeHTTP returns.
type writer struct {
	request *actors.Request
	body    *body       // of the request; nil if it has none
	header  http.Header // what the handler sees and changes
	head    *head       // what is sent; nil before WriteHeader
	buffer  []byte      // what is held back
	sent    []byte      // the last piece, which the connection may still read
	written int64
	begun   bool             // the head has left
	source  *source          // of the content after the head; nil if there is none
	answer  *actors.Response // instead of what the handler writes
	err     error            // of the connection to the client
	until   deadline         // of what waits for the client
	over    atomic.Bool      // ServeHTTP has returned
}

func newWriter(request *actors.Request) *writer {
	return &writer{request: request, header: make(http.Header, 4)}
}

// errOver is what writes fail with after ServeHTTP has returned.
var errOver = errors.New("nethttp: the handler has returned, so the response is complete")

func (w *writer) Header() http.Header { return w.header }

// WriteHeader sends an interim response, or keeps the head of the response until it leaves. A second one is ignored.
func (w *writer) WriteHeader(status int) {
	switch {
	case w.head != nil || w.over.Load():
		return
	case status < 100 || status > 999:
		panic("nethttp: WriteHeader: " + strconv.Itoa(status) + " is no status") // as net/http does
	case status == 101:
		panic("nethttp: WriteHeader: 101 needs a connection that was taken over by Hijack, which does not exist here")
	case status == 100: // the server sends it when the content is read
		return
	case status < 200:
		w.request.Interim(status, fieldLines(w.header))
		return
	}
	w.head = newHead(status, w.header)
}

// Write holds content back, or passes it on if there is much of it. It fails when the client is gone.
func (w *writer) Write(content []byte) (int, error) { return write(w, content) }

// WriteString is Write for a string.
func (w *writer) WriteString(content string) (int, error) { return write(w, content) }

func write[octets []byte | string](w *writer, content octets) (n int, err error) {
	if err := w.mayWrite(len(content)); err != nil || len(content) == 0 {
		return 0, err
	}
	if w.isHead() {
		w.head.large = w.head.large || len(w.buffer)+len(content) > bufferSize
		w.buffer = append(w.buffer, content[:min(len(content), bufferSize-len(w.buffer))]...)
		w.written += int64(len(content))
		return len(content), nil
	}
	for n < len(content) {
		if len(w.buffer) == bufferSize {
			if err := w.FlushError(); err != nil {
				return n, err
			}
		}
		piece := content[n:min(len(content), n+bufferSize-len(w.buffer))]
		w.makeRoom(len(piece))
		w.buffer = append(w.buffer, piece...)
		w.written += int64(len(piece))
		n += len(piece)
	}
	return n, nil
}

// mayWrite returns why so many octets cannot be written, if they cannot.
func (w *writer) mayWrite(octets int) error {
	if w.over.Load() {
		return errOver
	}
	if w.head == nil {
		w.WriteHeader(200)
	}
	switch {
	case octets == 0:
		return nil
	case !w.head.mayHaveContent():
		return http.ErrBodyNotAllowed
	case w.head.length >= 0 && w.written+int64(octets) > w.head.length:
		return http.ErrContentLength
	}
	return w.err
}

// isHead reports whether the response has no content, because the client asked for its head.
func (w *writer) isHead() bool { return w.request.Method() == "HEAD" }

// ReadFrom copies content without a further buffer.
func (w *writer) ReadFrom(from io.Reader) (octets int64, err error) {
	if err := w.mayWrite(0); err != nil {
		return 0, err
	}
	if w.isHead() || !w.head.mayHaveContent() {
		return io.Copy(struct{ io.Writer }{w}, from)
	}
	for {
		if len(w.buffer) == bufferSize || w.begun && len(w.buffer) >= bufferSize/8 {
			if err := w.FlushError(); err != nil {
				return octets, err
			}
		}
		w.makeRoom(bufferSize)
		room := w.buffer[len(w.buffer):bufferSize]
		if w.head.length >= 0 { // one octet more shows that there is too much
			room = room[:min(int64(len(room)), w.head.length-w.written+1)]
		}
		n, readErr := from.Read(room)
		if err := w.mayWrite(n); err != nil {
			return octets, err
		}
		w.buffer = w.buffer[:len(w.buffer)+n]
		w.written += int64(n)
		octets += int64(n)
		if readErr == io.EOF {
			return octets, nil
		}
		if readErr != nil {
			return octets, readErr
		}
	}
}
