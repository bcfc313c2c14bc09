package actors

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/troupe-go/troupe/wire"
)

// The response of a call is what a connection would have sent, with all of its content.

// finish makes the response that the caller gets.
func (c *call) finish() (*Response, error) {
	r, response := c.request, c.encodedResponse(c.filteredResponse())
	var encoder wire.Encoder
	if err := r.check(&encoder, response); err != nil {
		c.env.discard(response)
		c.env.log.misused(c.pid, r, err)
		response = r.failure(500, "The handler made a response that HTTP does not allow.")
		if err := r.check(&encoder, response); err != nil {
			panic(err) // it is our own
		}
	}
	contentType, fields := response.fields()
	got := &Response{Status: response.Status, ContentType: contentType, Fields: slices.Clone(fields), Body: bytes.Clone(response.Body)}
	if encoder.Bodiless() {
		got.Body = nil
	}
	if response.isStream() {
		content, err := c.collect(&encoder, response)
		if err != nil {
			c.env.log.brokenOff(c.pid, r, int64(len(content)), describe(err))
			return nil, fmt.Errorf("actors: Do: the content of the response broke off: %w", err)
		}
		got.Body = content
	}
	c.env.counts.exchanges.Add(1)
	c.env.log.exchange(c.pid, r, response, c.begun, int64(len(got.Body)-len(response.Body)))
	return got, nil
}

// filteredResponse is the response as the functions of After leave it.
func (c *call) filteredResponse() (response *Response) {
	if c.request.route == nil || len(c.request.route.filters.after) == 0 {
		return c.response
	}
	if !apart(func() { response = c.after(c.pid, c.response) }) {
		c.env.discard(c.response)
		return c.request.failure(500, "A filter of this route failed on the response.")
	}
	return response
}

// spawnSource makes the source of a stream. Its producer is foreign code, and may fail.
func (c *call) spawnSource(response *Response) (source *actor.PID, err error) {
	err = errors.New("its source could not be made")
	id := c.pid.Id + "/source"
	apart(func() {
		c.env.guard(c.pid, response, func() {
			source, err = c.env.birth(id, func() (*actor.PID, error) {
				return c.env.system.Root.SpawnNamed(c.env.sourceProps(response.source, func(*mailbox) {}), id)
			})
		})
	})
	return source, err
}

// encodedResponse is the response as it is sent.
func (c *call) encodedResponse(response *Response) (sent *Response) {
	if response.encode == nil {
		return response
	}
	err := errCoding
	apart(func() { c.env.guard(c.pid, &c.request.envelope, func() { sent, err = response.encoded() }) })
	if err != nil {
		c.env.discard(response)
		c.env.log.misused(c.pid, c.request, err)
		return c.request.failure(500, "The handler made a response that could not be encoded.")
	}
	return sent
}

// encodedPiece is a piece of content as it is sent.
func (c *call) encodedPiece(coding *encoding, piece *BodyRead) (content []byte, err error) {
	if coding == nil {
		return piece.Bytes, nil
	}
	err = errCoding
	apart(func() {
		c.env.guard(c.pid, &c.request.envelope, func() { content, err = coding.piece(piece.Bytes, piece.End) })
	})
	return content, err
}

// open makes the source of a stream, if it has one, and returns how it is asked for a piece, and stopped.
func (c *call) open(response *Response) (pull, stop func(), err error) {
	if c.feed = response.feed; c.feed != nil {
		pull = func() {
			asked := false
			if !apart(func() { asked = c.env.pull(c.feed, &ReadBody{c.request}, c.pid) }) || !asked {
				c.SendUserMessage(nil, (&ReadBody{c.request}).Fail(errSourceCrashed))
			}
		}
		return pull, func() { apart(func() { c.env.guard(c.pid, response, response.feed.stop) }) }, nil
	}
	source, err := c.spawnSource(response)
	if err != nil {
		return nil, nil, err
	}
	root := c.env.system.Root
	if process, there := c.env.system.ProcessRegistry.GetLocal(source.Id); there {
		process.SendSystemMessage(source, &actor.Watch{Watcher: c.pid})
	}
	pull = func() { root.RequestWithCustomSender(source, &ReadBody{c.request}, c.pid) }
	return pull, func() { root.Stop(source) }, nil
}

// collect reads all of the content of a stream. The encoder refuses what a connection could not send.
func (c *call) collect(encoder *wire.Encoder, response *Response) (content []byte, err error) {
	r := c.request
	pull, stop, err := c.open(response)
	if err != nil {
		return nil, err
	}
	defer stop()
	if encoder.Bodiless() {
		return nil, nil
	}
	r.beginStream()
	if c.streaming = true; c.env.draining() {
		if feed, ends := c.feed.(beating); ends {
			feed.leave()
		}
		c.hasten()
	}
	var coding *encoding
	if response.encode != nil {
		coding = newEncoding(response)
		defer func() { apart(func() { c.env.guard(c.pid, response, func() { coding.close() }) }) }()
	}
	var sent []byte // as it would be
	for {
		pull()
		piece, err := c.nextPiece()
		if err != nil {
			return content, err
		}
		encoded, err := c.encodedPiece(coding, piece)
		if err != nil {
			return content, err
		}
		if sent, err = encoder.AppendData(sent[:0], encoded); err != nil {
			return content, err
		}
		if content = append(content, encoded...); int64(len(content)) > max(c.env.config.Limits.Body, 0) {
			return content, errors.New("it is larger than Config.Limits.Body")
		}
		if piece.End {
			_, err = encoder.AppendEnd(sent[:0], nil)
			return content, err
		}
	}
}

// nextPiece waits for the next piece of content.
func (c *call) nextPiece() (*BodyRead, error) {
	for {
		select {
		case <-c.wake:
		case <-c.ctx.Done():
			c.request.cutShort(ErrClientGone)
			return nil, context.Cause(c.ctx)
		case <-c.env.done:
			return nil, ErrServerClosed
		case <-c.env.abandoned:
			return nil, ErrServerClosed
		}
		if piece, err := c.pieceIn(); piece != nil || err != nil {
			return piece, err
		}
	}
}

// pieceIn returns the piece of content that has come, or the reason why none will come.
func (c *call) pieceIn() (piece *BodyRead, err error) {
	for content := range c.received {
		switch content := content.(type) {
		case *BodyRead:
			switch {
			case content == nil || content.Request == nil:
				err = errors.New(noPiece(content))
			case content.Request == c.request && content.Err != nil:
				err = content.Err
			case content.Request == c.request:
				piece = content
			}
		case *notAnswered:
			err = errors.New(noPiece(content.answer))
		case *sourceStopped:
			err = errSourceStopped
		}
	}
	if c.aborted != nil {
		return nil, c.aborted
	}
	if piece != nil { // the source may have stopped after it
		return piece, nil
	}
	return nil, err
}
