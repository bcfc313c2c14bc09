package actors

import (
	"sync"

	"github.com/troupe-go/troupe/wire"
)

// An output holds encoded responses until they are written, so that the responses to pipelined requests can leave in
// one write. It has a buffer only while there is something in it.
type output struct {
	encoder   wire.Encoder
	buffer    *outputBuffer
	committed int // octets of complete responses
}

type outputBuffer struct{ octets []byte }

const (
	// outputFull is the size from which responses are no longer held back.
	outputFull = 32 << 10
	// outputKept is the largest buffer worth keeping for the next connection.
	outputKept = 2 * outputFull
)

var outputBuffers = sync.Pool{New: func() any { return &outputBuffer{octets: make([]byte, 0, 4<<10)} }}

// pending returns the held-back octets.
func (o *output) pending() []byte {
	if o.buffer == nil {
		return nil
	}
	return o.buffer.octets
}

// If one of these returns a *wire.MisuseError, the output is unchanged.

func (o *output) appendHead(head wire.ResponseHead) (err error) {
	o.acquire()
	o.buffer.octets, err = o.encoder.AppendResponse(o.buffer.octets, &head)
	return err
}

func (o *output) appendData(octets []byte) (err error) {
	o.acquire()
	o.buffer.octets, err = o.encoder.AppendData(o.buffer.octets, octets)
	return err
}

func (o *output) appendEnd(trailers wire.Fields) (err error) {
	o.acquire()
	o.buffer.octets, err = o.encoder.AppendEnd(o.buffer.octets, trailers)
	return err
}

// appendNothing appends an octet that adds nothing to chunked content.
func (o *output) appendNothing() (err error) {
	o.acquire()
	o.buffer.octets, err = o.encoder.AppendNothing(o.buffer.octets)
	return err
}

// acquire takes a buffer, if there is none.
func (o *output) acquire() {
	if o.buffer == nil {
		o.buffer = outputBuffers.Get().(*outputBuffer)
	}
}

// commit marks the end of a response.
func (o *output) commit() { o.committed = len(o.buffer.octets) }

// discardUncommitted drops the octets of an incomplete response.
func (o *output) discardUncommitted() {
	o.encoder = wire.Encoder{}
	if o.buffer != nil {
		o.buffer.octets = o.buffer.octets[:o.committed]
	}
}

// written drops the octets, because they were written, but keeps the buffer.
func (o *output) written() { o.buffer.octets, o.committed = o.buffer.octets[:0], 0 }

// release gives the buffer back.
func (o *output) release() {
	if o.buffer != nil && cap(o.buffer.octets) <= outputKept {
		o.buffer.octets = o.buffer.octets[:0]
		outputBuffers.Put(o.buffer)
	}
	o.buffer, o.committed = nil, 0
}
