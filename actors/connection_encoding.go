package actors

import "github.com/asynkron/protoactor-go/actor"

// Content codings: foreign code, which runs within the connection.

// encoded returns the response as it is sent. If it cannot be encoded, the answer is 500, and encoded returns false.
func (c *connection) encoded(ctx actor.Context, response *Response) (sent *Response, ok bool) {
	if response.encode == nil {
		return response, true
	}
	if c.behaviour != exchanging {
		c.stage = requested // if the writer ends the goroutine, the next incarnation answers
	}
	err := errCoding
	c.env.guard(ctx.Self(), &c.request.envelope, func() { sent, err = response.encoded() })
	if err != nil {
		c.misuse(ctx, response, err)
		return nil, false
	}
	return sent, true
}

// encodedPiece returns a piece of content as it is sent.
func (c *connection) encodedPiece(ctx actor.Context, read *BodyRead) (content []byte, err error) {
	coding := c.outgoing.coding
	if coding == nil {
		return read.Bytes, nil
	}
	err = errCoding
	c.env.guard(ctx.Self(), &c.request.envelope, func() { content, err = coding.piece(read.Bytes, read.End) })
	return content, err
}
