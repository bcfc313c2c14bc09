package actors

import (
	"context"
	"errors"
	"fmt"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/troupe-go/troupe/wire"
)

// The response of a call is what a connection would have sent, with all of its content.

// finish makes the response that the caller gets.
func (c *call) finish() (*Response, error) {
	r, response := c.request, c.request.after(c.pid, c.response)
	if err := c.check(response); err != nil {
		c.env.discard(response)
		c.env.log.misused(c.pid, r, err)
		response = r.failure(500, "The handler made a response that HTTP does not allow.")
	}
	contentType, fields := response.fields()
	got := &Response{Status: response.Status, ContentType: contentType, Fields: fields, Body: response.Body}
	if response.source != nil {
		content, err := c.collect(response)
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

// check returns an error if HTTP does not allow the response.
func (c *call) check(response *Response) error {
	if response.Status < 200 {
		return errInterim
	}
	contentType, fields := response.fields()
	var encoder wire.Encoder
	_, err := encoder.AppendResponse(nil, &wire.ResponseHead{
		Status: response.Status, ContentType: contentType, Fields: wire.Fields(fields), Length: wire.BodyLength(len(response.Body)),
	})
	return err
}

// collect reads all of the content of a stream.
func (c *call) collect(response *Response) (content []byte, err error) {
	r, root := c.request, c.env.system.Root
	id := c.pid.Id + "/source"
	source, err := c.env.birth(id, func() (*actor.PID, error) {
		return root.SpawnNamed(c.env.sourceProps(response.source, func(*mailbox) {}), id)
	})
	if err != nil {
		return nil, err
	}
	defer root.Stop(source)
	if process, there := c.env.system.ProcessRegistry.GetLocal(id); there {
		process.SendSystemMessage(source, &actor.Watch{Watcher: c.pid})
	}
	if r.head.Method == "HEAD" || !wire.MayHaveContent(response.Status) {
		return nil, nil
	}
	r.beginStream()
	for {
		root.RequestWithCustomSender(source, &ReadBody{r}, c.pid)
		piece, err := c.nextPiece()
		if err != nil {
			return content, err
		}
		if content = append(content, piece.Bytes...); int64(len(content)) > max(c.env.config.Limits.Body, 0) {
			return content, errors.New("it is larger than Config.Limits.Body")
		}
		if piece.End {
			return content, nil
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
	if piece != nil { // the source may have stopped after it
		return piece, nil
	}
	return nil, err
}
