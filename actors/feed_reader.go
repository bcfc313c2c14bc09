package actors

import (
	"io"
	"os"
	"sync"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/troupe-go/troupe/wire"
)

// StreamFrom makes a response whose content is what the reader gives: length octets, or all if the length is below 0.
// The server closes the reader afterwards if it is an io.Closer, even if the response is never sent. If the reader has
// fewer octets, or fails, the connection is broken off, so that the client sees it.
//
// The connection reads a piece whenever the client has taken the last one, in bounded memory. It sends an *os.File of
// known length by the kernel, without copying, where there is no TLS (Linux). A reader that may block for long should be
// read by an actor instead: see package handlers, Reader.
func (r *Request) StreamFrom(status int, fields Fields, content io.Reader, length int64) *Response {
	if content == nil {
		mistake("StreamFrom: the reader is nil")
	}
	feed := &readerFeed{from: content, left: length}
	if feed.file, _ = content.(*os.File); length < 0 {
		length = int64(wire.Chunked)
	}
	return &Response{Status: status, Fields: fields, feed: feed, length: wire.BodyLength(length), request: r}
}

// A readerFeed is a feed of what a reader gives.
type readerFeed struct {
	from   io.Reader
	file   *os.File    // the same; nil if it is none, or has to be read
	left   int64       // octets; below 0 for all
	buffer *pieceBytes // of the last piece, which the connection has written by now
	closed bool
}

type pieceBytes [turnSize]byte

var pieceBuffers = sync.Pool{New: func() any { return new(pieceBytes) }}

func (f *readerFeed) pull(demand *ReadBody, to *actor.PID) {
	demand.request.env.system.Root.Send(to, f.next(demand))
}

// next reads the next piece.
func (f *readerFeed) next(demand *ReadBody) *BodyRead {
	if f.left == 0 {
		return demand.End(nil)
	}
	if f.buffer == nil {
		f.buffer = pieceBuffers.Get().(*pieceBytes)
	}
	into := f.buffer[:]
	if f.left > 0 {
		into = into[:min(int64(len(into)), f.left)]
	}
	n, err := io.ReadAtLeast(f.from, into, 1)
	piece := demand.Data(into[:n])
	switch {
	case f.left > 0:
		f.left -= int64(n)
		if piece.End = f.left == 0; err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
	case err == io.EOF:
		piece.End, err = true, nil
	}
	if err != nil && !piece.End {
		return demand.Fail(err)
	}
	return piece
}

// stop closes the reader.
func (f *readerFeed) stop() {
	if f.closed {
		return
	}
	f.closed = true
	if f.buffer != nil {
		pieceBuffers.Put(f.buffer)
		f.buffer = nil
	}
	if closer, ok := f.from.(io.Closer); ok {
		closer.Close()
	}
}
