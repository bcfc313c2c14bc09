package actors

import (
	"sync"

	"github.com/troupe-go/troupe/wire"
)

// An output holds encoded responses until they are written, so that those of one burst of pipelined
// requests leave in one write. It has a buffer only while there is something in it.
type output struct {
	encoder   wire.Encoder
	buffer    *outputBuffer
	committed int // octets of responses that are complete
}

// An outputBuffer has room for octets, and for the events on their way through the encoder.
type outputBuffer struct {
	octets []byte
	head   wire.ResponseHead
	data   wire.Data
	end    wire.End
}

const (
	// outputFull is the size at which responses are not held back any longer.
	outputFull = 32 << 10
	// outputKept is the largest buffer worth keeping for the next connection.
	outputKept = 2 * outputFull
)

var outputBuffers = sync.Pool{New: func() any { return &outputBuffer{octets: make([]byte, 0, 4<<10)} }}

// pending is what is held back.
func (o *output) pending() []byte {
	if o.buffer == nil {
		return nil
	}
	return o.buffer.octets
}

func (o *output) appendHead(head wire.ResponseHead) error {
	o.acquire()
	o.buffer.head = head
	return o.append(&o.buffer.head)
}

func (o *output) appendData(octets []byte) error {
	o.acquire()
	o.buffer.data.Bytes = octets
	return o.append(&o.buffer.data)
}

func (o *output) appendEnd(trailers wire.Fields) error {
	o.acquire()
	o.buffer.end.Trailers = trailers
	return o.append(&o.buffer.end)
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

// append encodes an event. On a *wire.MisuseError the output is as it was.
func (o *output) append(event wire.Event) (err error) {
	o.buffer.octets, err = o.encoder.Append(o.buffer.octets, event)
	return err
}

// commit marks the end of a response.
func (o *output) commit() { o.committed = len(o.buffer.octets) }

// discardUncommitted drops what is there of a response that is not complete.
func (o *output) discardUncommitted() {
	o.encoder = wire.Encoder{}
	if o.buffer != nil {
		o.buffer.octets = o.buffer.octets[:o.committed]
	}
}

// written forgets what is held back, because it was written, but keeps the buffer.
func (o *output) written() { o.buffer.octets, o.committed = o.buffer.octets[:0], 0 }

// release gives the buffer back.
func (o *output) release() {
	if o.buffer != nil && cap(o.buffer.octets) <= outputKept {
		*o.buffer = outputBuffer{octets: o.buffer.octets[:0]}
		outputBuffers.Put(o.buffer)
	}
	o.buffer, o.committed = nil, 0
}
