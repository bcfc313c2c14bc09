package nethttp

import (
	"io"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/troupe-go/troupe/actors"
)

// bufferSize is how much of the content is held back until the handler returns or flushes: a response up to that size
// has a Content-Length, and leaves in one piece.
const bufferSize = 32 << 10

// A writer is the http.ResponseWriter of one request. Only the goroutine of ServeHTTP uses it, apart from the source.
type writer struct {
	request *actors.Request
	body    *actors.ContentReader // nil if the content is there already
	header  http.Header           // what the handler sees and changes
	head    *head                 // what is sent; nil before WriteHeader
	buffer  []byte
	written int64
	source  *source          // nil before the head has left
	answer  *actors.Response // instead of what the handler writes
	err     error            // of the connection to the client
	until   time.Time
}

func newWriter(request *actors.Request) *writer {
	return &writer{request: request, header: make(http.Header, 4)}
}

func (w *writer) Header() http.Header { return w.header }

// WriteHeader sends an interim response, or keeps the head of the response until it leaves. A second one is ignored.
func (w *writer) WriteHeader(status int) {
	switch {
	case w.head != nil:
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
func (w *writer) Write(content []byte) (int, error) { return w.write(len(content), content, "") }

// WriteString is Write for a string.
func (w *writer) WriteString(content string) (int, error) {
	return w.write(len(content), nil, content)
}

func (w *writer) write(n int, octets []byte, text string) (int, error) {
	if w.head == nil {
		w.WriteHeader(200)
	}
	switch {
	case n == 0:
		return 0, nil
	case !w.head.mayHaveContent():
		return 0, http.ErrBodyNotAllowed
	case w.head.length >= 0 && w.written+int64(n) > w.head.length:
		return 0, http.ErrContentLength
	case w.err != nil:
		return 0, w.err
	}
	w.written += int64(n)
	if w.isHead() && len(w.buffer)+n > bufferSize {
		w.head.large = true
		octets, text = octets[:min(len(octets), sniffed)], text[:min(len(text), sniffed)] // enough to tell the media type
		if len(w.buffer) >= sniffed {
			return n, nil
		}
	}
	if len(w.buffer) > 0 && len(w.buffer)+n > bufferSize && !w.isHead() {
		if err := w.FlushError(); err != nil {
			return 0, err
		}
	}
	if w.buffer == nil {
		w.buffer = make([]byte, 0, max(len(octets)+len(text), 512))
	}
	if w.buffer = append(append(w.buffer, octets...), text...); len(w.buffer) > bufferSize {
		return n, w.FlushError()
	}
	return n, nil
}

// sniffed is how much of the content tells its media type, if the handler does not.
const sniffed = 512

// isHead reports whether the response has no content, because the client asked for its head.
func (w *writer) isHead() bool { return w.request.Method() == "HEAD" }

// ReadFrom copies content in large pieces.
func (w *writer) ReadFrom(from io.Reader) (octets int64, err error) {
	for {
		piece := make([]byte, bufferSize)
		n, readErr := io.ReadAtLeast(from, piece, 1)
		if n > 0 {
			m, err := w.writePiece(piece[:n])
			if octets += int64(m); err != nil {
				return octets, err
			}
		}
		switch readErr {
		case nil:
		case io.EOF, io.ErrUnexpectedEOF:
			return octets, nil
		default:
			return octets, readErr
		}
	}
}

// writePiece is Write for a piece that does not change afterwards.
func (w *writer) writePiece(piece []byte) (int, error) {
	if w.source == nil || len(w.buffer) > 0 || len(piece) < bufferSize/8 || w.isHead() ||
		w.head.length >= 0 && w.written+int64(len(piece)) > w.head.length {
		return w.Write(piece)
	}
	w.written += int64(len(piece))
	return len(piece), w.pass(piece)
}

// Flush sends what is held back: http.Flusher.
func (w *writer) Flush() { _ = w.FlushError() }

// FlushError sends what is held back, and waits until the connection has taken it.
func (w *writer) FlushError() error {
	if w.head == nil {
		w.WriteHeader(200)
	}
	w.begin()
	if len(w.buffer) == 0 {
		return w.err
	}
	piece := w.buffer
	w.buffer = nil
	return w.pass(piece)
}

// SetReadDeadline, SetWriteDeadline and EnableFullDuplex are for http.ResponseController.
func (w *writer) SetReadDeadline(deadline time.Time) error {
	if w.body != nil {
		w.body.SetDeadline(deadline)
	}
	return nil
}

func (w *writer) SetWriteDeadline(deadline time.Time) error {
	w.until = deadline
	return nil
}

func (w *writer) EnableFullDuplex() error { return nil } // it is so anyway

// CloseNotify is for handlers that still use http.CloseNotifier. The request's context is better.
func (w *writer) CloseNotify() <-chan bool {
	gone, ctx := make(chan bool, 1), w.request.Context()
	go func() {
		<-ctx.Done()
		gone <- true
	}()
	return gone
}

// begin sends the head of a stream.
func (w *writer) begin() {
	if w.source != nil {
		return
	}
	w.source = newSource()
	response := w.request.Stream(w.head.status, w.head.fields(w.buffer), w.source.props())
	if w.head.length >= 0 {
		response.WithLength(w.head.length)
	}
	w.head.finish(response)
	w.request.Reply(response)
}

// pass gives a piece to the source.
func (w *writer) pass(piece []byte) error {
	if w.err == nil && !w.isHead() && w.head.mayHaveContent() {
		w.err = w.source.send(piece, w.until)
	}
	return w.err
}

// end returns the response, or ends the one that has begun.
func (w *writer) end() *actors.Response {
	if w.answer != nil && w.source == nil {
		return w.answer
	}
	if w.head == nil {
		w.WriteHeader(200)
	}
	trailers := w.head.trailers(w.header)
	if w.source == nil && (len(trailers) == 0 || w.isHead()) && !w.head.large && (w.head.length < 0 || w.head.length == int64(len(w.buffer))) {
		response := w.request.Bytes(w.head.status, "", slices.Clip(w.buffer))
		response.Fields = w.head.fields(w.buffer)
		return w.head.finish(response)
	}
	if w.FlushError() == nil && !w.isHead() && w.head.mayHaveContent() {
		w.source.end(trailers, w.until)
	}
	return nil
}

// fail breaks off a response that has begun.
func (w *writer) fail(why error) {
	if w.source != nil {
		w.source.fail(why)
	}
}

// Answer makes a response of the original request the answer, for example one of its method Fail, instead of what was
// written to w. It returns false if w is of another server, or if something of the response has been sent already.
func Answer(w http.ResponseWriter, response *actors.Response) bool {
	for {
		switch of := w.(type) {
		case *writer:
			if of.source == nil {
				of.answer = response
			}
			return of.source == nil
		case interface{ Unwrap() http.ResponseWriter }:
			w = of.Unwrap()
		default:
			return false
		}
	}
}
