package nethttp

import (
	"net/http"
	"slices"
	"sync"

	"github.com/troupe-go/troupe/actors"
)

// How what was written leaves.

// buffers are those of streams. A response that leaves in one piece has one of its own, as large as it needs.
var buffers = sync.Pool{New: func() any { return new([bufferSize]byte) }}

// makeRoom makes room in the buffer for so many octets, up to its largest size.
func (w *writer) makeRoom(octets int) {
	needed := min(len(w.buffer)+octets, bufferSize)
	switch {
	case cap(w.buffer) >= needed:
	case !w.begun && needed < bufferSize:
		w.buffer = slices.Grow(w.buffer, max(octets, 512))
	default:
		w.buffer = append(buffers.Get().(*[bufferSize]byte)[:0], w.buffer...)
	}
}

// recycle gives the buffers of a stream to later ones. The connection must have written the pieces.
func (w *writer) recycle() {
	for _, buffer := range [][]byte{w.buffer, w.sent} {
		if cap(buffer) == bufferSize {
			buffers.Put((*[bufferSize]byte)(buffer[:bufferSize]))
		}
	}
	w.buffer, w.sent = nil, nil
}

// Flush sends what is held back: http.Flusher.
func (w *writer) Flush() { _ = w.FlushError() }

// FlushError sends what is held back, and waits until the connection has taken it.
func (w *writer) FlushError() error {
	if err := w.mayWrite(0); err != nil {
		return err
	}
	return w.pass()
}

// pass gives what is held back to the connection.
func (w *writer) pass() error {
	w.begin()
	if len(w.buffer) == 0 || w.source == nil || w.err != nil {
		return w.err
	}
	if w.err = w.source.send(w.buffer, &w.until); w.err == nil {
		w.buffer, w.sent = w.sent[:0], w.buffer
	}
	return w.err
}

// begin sends the head of a stream.
func (w *writer) begin() {
	if w.begun {
		return
	}
	w.begun = true
	fields, length := w.head.fields(w.buffer), w.head.length
	var response *actors.Response
	switch {
	case !w.head.mayHaveContent():
		response = w.request.StreamFrom(w.head.status, fields, http.NoBody, 0)
	case w.isHead():
		response = w.request.StreamFrom(w.head.status, fields, http.NoBody, length)
	default:
		w.source = newSource()
		response = w.request.Stream(w.head.status, fields, w.source.props())
		if length >= 0 {
			response.WithLength(length)
		}
	}
	w.request.Reply(w.head.finish(response))
}

// end returns the response, or ends the one that has begun.
func (w *writer) end() *actors.Response {
	if w.head == nil {
		w.WriteHeader(200)
	}
	w.close() // before the client can see the end, and send its next request
	if w.answer != nil && !w.begun {
		return w.answer
	}
	trailers := w.head.trailers(w.header)
	if w.isWhole(len(trailers)) {
		return w.whole()
	}
	err := w.pass()
	if err == nil && w.source != nil {
		err = w.source.end(trailers, &w.until)
	}
	switch {
	case err == nil:
		w.recycle()
	case err != actors.ErrClientGone:
		w.request.Abort(err.Error())
	}
	return nil
}

// whole returns the response in one piece.
func (w *writer) whole() *actors.Response {
	content := w.buffer
	if cap(content) == bufferSize {
		content = slices.Clone(content)
		w.recycle()
	}
	response := w.request.Bytes(w.head.status, "", slices.Clip(content))
	response.Fields = w.head.fields(content)
	return w.head.finish(response)
}

// isWhole reports whether the response may leave in one piece.
func (w *writer) isWhole(trailers int) bool {
	switch {
	case w.begun:
		return false
	case !w.head.mayHaveContent():
		return true
	case w.head.length >= 0 && w.head.length != int64(len(w.buffer)):
		return false
	case w.isHead(): // a handler that wrote nothing may have left it out because of that
		return !w.head.large && (len(w.buffer) > 0 || w.head.length == 0)
	}
	return trailers == 0
}

// fail breaks off a response that has begun.
func (w *writer) fail(why error) {
	w.close()
	if w.source != nil {
		w.source.fail(why)
	}
}

// close ends the use of the writer, and of the content of the request, by goroutines that outlive ServeHTTP.
func (w *writer) close() {
	w.over.Store(true)
	if w.body != nil {
		w.body.Close()
	}
}
