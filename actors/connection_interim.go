package actors

import "github.com/troupe-go/troupe/wire"

// What a handler says about an exchange besides its response.

// interim passes an interim response on, if the client may get one now.
func (c *connection) interim(message *interim) {
	if c.request == nil || message.exchange != c.request.exchange || c.behaviour != exchanging || c.stage != requested ||
		!c.request.head.Version.AtLeast11() {
		return
	}
	head := wire.ResponseHead{Status: message.status, Fields: wire.Fields(message.fields)}
	if err := c.out.appendHead(head); err != nil {
		c.env.log.misused(c.ctx.Self(), c.request, err)
		return
	}
	c.out.commit()
	c.flush(c.ctx)
}

// abandon breaks the exchange off for its handler.
func (c *connection) abandon(why string) {
	if c.out.buffer != nil {
		c.flush(c.ctx) // what the client is to get of earlier responses, and of this one
	}
	if !c.parting.leaving {
		c.abort(c.ctx, why)
	}
}
