package actors

import (
	"errors"
	"io"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/troupe-go/troupe/actors/internal/transport"
)

// fileTurn is how many octets of a file are sent in one turn.
const fileTurn = 512 << 10

// sendFile sends a turn of a response that is a file, if the socket can do that. It returns false if the file has to be
// read.
func (c *connection) sendFile(ctx actor.Context) bool {
	feed, is := c.outgoing.feed.(*readerFeed)
	if !is || feed.file == nil || feed.left <= 0 || c.outgoing.coding != nil {
		return false
	}
	config := &c.env.config
	sent, err := transport.SendFile(c.socket, feed.file, min(feed.left, fileTurn), config.WriteTimeout, config.WriteRate)
	if passed := c.out.encoder.Pass(sent); passed != nil {
		c.abort(ctx, passed.Error())
		return true
	}
	feed.left -= sent
	c.outgoing.octets += sent
	switch {
	case errors.Is(err, transport.ErrNotSendable):
		feed.file = nil
		return false
	case errors.Is(err, io.ErrUnexpectedEOF):
		c.abort(ctx, "the file is shorter than announced")
	case err != nil:
		c.cannotWrite(ctx, err)
	default:
		ctx.Send(ctx.Self(), &BodyRead{Request: c.request, End: feed.left == 0}) // others get their turns
	}
	return true
}
