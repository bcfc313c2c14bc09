package actors

import (
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/troupe-go/troupe/actors/internal/transport"
	"github.com/troupe-go/troupe/wire"
)

// discardLimit is how many octets of unwanted content are read. After that the connection can be used again, or
// closed without a reset that would destroy the response (RFC 9112 §9.6).
const discardLimit = 256 << 10

// discarding skips content that no handler took; the response is already written or held back.
func (c *connection) discarding(ctx actor.Context) {
	switch ctx.Message().(type) {
	case *bytesArrived:
		if c.take(ctx) {
			c.discardMore(ctx)
		}
	case *deadlinePassed:
		if deadline, _ := c.alarm.due(c.now); deadline {
			c.stop(ctx)
		}
	}
}

func (c *connection) discard(ctx actor.Context) {
	c.behaviour, c.stage, c.parting.discarded = discarding, ending, 0
	c.alarm.deadline(c.now, c.discardTimeout())
	c.discardMore(ctx)
}

// discardTimeout is how long the skipping of unwanted content may take in all.
func (c *connection) discardTimeout() time.Duration {
	if c.env.draining() {
		return lingerTimeout
	}
	return c.env.config.BodyTimeout
}

func (c *connection) discardMore(ctx actor.Context) {
	for {
		event, err := c.decode()
		switch event := event.(type) {
		case *wire.Data:
			c.parting.discarded += len(event.Bytes)
		case *wire.End:
			c.stage, c.again, c.parting.discarded = resting, true, 0
			return
		case nil:
			switch {
			case err != nil || c.parting.discarded > discardLimit:
				c.parting.sending = true
				c.close(ctx)
			case c.flush(ctx):
				c.demand()
			}
			return
		}
	}
}

// closing has sent its last response, and waits for the client to end its side: closing at once
// could reset the connection before the client has read the response (RFC 9112 §9.6).
func (c *connection) closing(ctx actor.Context) {
	switch ctx.Message().(type) {
	case *bytesArrived:
		if c.parting.lingers {
			return // further octets of the client, and its end, stay in the kernel
		}
		octets, err := c.socket.Take()
		c.parting.discarded += len(octets)
		switch {
		case err != nil:
			c.stop(ctx)
		case c.parting.discarded > discardLimit:
			c.linger(ctx)
		default:
			c.demand()
		}
	case *deadlinePassed:
		if deadline, _ := c.alarm.due(c.now); deadline {
			c.stop(ctx)
		}
	}
}

// close ends the server's side after the last response, and waits for the client to end its own.
func (c *connection) close(ctx actor.Context) {
	if !c.flush(ctx) {
		return
	}
	c.behaviour, c.stage = closing, ending
	if err := c.socket.CloseWrite(); err != nil {
		c.stop(ctx)
		return
	}
	c.alarm.deadline(c.now, lingerTimeout)
	if c.parting.discarded > discardLimit {
		c.linger(ctx)
		return
	}
	c.demand()
}

// linger keeps the socket of a client that does not stop sending open until lingerTimeout, and reads no more of it:
// closing now would reset the connection, and lose the response. mostLingering bounds how many sockets linger.
func (c *connection) linger(ctx actor.Context) {
	c.out.release()
	c.socket.Release()
	if c.parting.lingers { // and has crashed since
		return
	}
	if c.parting.lingers = true; c.env.lingering.Add(1) > mostLingering {
		c.stop(ctx)
	}
}

// mostLingering is how many connections may linger at once while their clients still send.
const mostLingering = 1000

// closeLater closes the socket of a connection that was stopped right after its last answer. It waits, because a
// client that still sends may not have read the answer.
func (env *env) closeLater(s transport.Socket) {
	if env.lingering.Add(1) > mostLingering {
		env.lingering.Add(-1)
		s.Close()
		return
	}
	env.partings.Add(1)
	time.AfterFunc(lingerTimeout, func() {
		defer env.partings.Done()
		env.lingering.Add(-1)
		s.Close()
	})
}

// reject answers a request that broke a rule of HTTP, and closes: nothing after it is ever read (RFC 9112 §2.2).
func (c *connection) reject(ctx actor.Context, err error) {
	var broken *wire.ProtocolError
	if !errors.As(err, &broken) {
		panic(err) // a Decoder has no other errors
	}
	c.env.rejections[broken.Rule].Add(1)
	c.needRequest()
	c.env.log.rejected(ctx.Self(), c.request, broken)
	c.fail(ctx, broken.Status, fmt.Sprintf("%s (%s).", broken.Reason, broken.Section))
}

// needRequest makes a stand-in for a request whose head could not be read. It has the method if that was read.
func (c *connection) needRequest() {
	if c.request != nil {
		return
	}
	if c.begun == 0 {
		c.begun = c.now
	}
	c.client.idleSince.Store(0)
	c.request = &Request{
		env: c.env, head: wire.RequestHead{Version: wire.Version{Major: 1, Minor: 1}},
		origin: c.client.origin, from: c.client.account.Load(),
	}
	c.request.muted = c.env.log.muted(slog.LevelInfo, c.socket.Peer())
	if c.coming != nil {
		c.request.head.Method = c.coming.head.Method
	}
}

// fail answers with an error of the connection itself, and closes. There may be no request yet.
func (c *connection) fail(ctx actor.Context, status int, why string) {
	c.needRequest()
	c.respond(ctx, c.request.failure(status, why).Close())
}
