package actors

import (
	"io"
	"log/slog"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/troupe-go/troupe/wire"
)

// connection serves one TCP connection (RFC 9112 §9): one exchange at a time, in order.
// Parent: listener. Children: a source, while it sends the content of a response.
// Sends: Request, ReadBody, BodyRead, giveWay, roomMade. Understands: see its behaviours.
// Crash: restarted with its socket; the exchange in flight is answered 500.
type connection struct {
	env    *env
	router *actor.PID
	*session
	behaviour behaviour
	ctx       actor.Context // of the message at hand
	now       instant       // when that came

	source        *actor.PID // of the content of the response, or nil
	sourceMailbox *mailbox   // that it has, or had
}

func (c *connection) Receive(ctx actor.Context) {
	if c.parting.ended { // while a source still stops, the socket may already be another client's
		c.env.refuse(ctx.Message(), ctx.Sender(), 0)
		return
	}
	c.ctx, c.now = ctx, c.env.clock()
	if !c.lifeCycle(ctx) && !c.always(ctx) {
		c.behave(ctx)
	}
	for c.again && !c.parting.ended { // a loop: a client may send many requests that are refused at once
		c.again = false
		c.next(ctx)
	}
}

// lifeCycle deals with the messages of the life cycle.
func (c *connection) lifeCycle(ctx actor.Context) bool {
	switch message := ctx.Message().(type) {
	case *actor.Started:
		c.start(ctx)
	case *actor.Stopping:
		c.env.guard(ctx.Self(), message, func() { c.lastWords(ctx) })
		c.env.guard(ctx.Self(), message, func() { c.end(ctx) })
	case *actor.Restarting:
		c.env.guard(ctx.Self(), message, c.cutOff)
	case *actor.Stopped:
	default:
		return false
	}
	return true
}

// always deals with what is understood in every behaviour.
func (c *connection) always(ctx actor.Context) bool {
	switch message := ctx.Message().(type) {
	case *drain:
		c.drain(ctx)
	case *hasten:
		c.hasten()
	case *giveWay:
		c.giveWay(ctx, message)
	case *ReadBody:
		c.readBody(ctx, message)
	case *Response:
		if c.isAnswer(message) {
			return false
		}
		if c.env.passOn(message, ctx.Self()) {
			return true
		}
		c.env.counts.late.Add(1)
		c.env.log.late(ctx.Self(), message)
		c.env.discard(message)
	default:
		return false
	}
	return true
}

// isAnswer reports whether a response answers the exchange in flight. One that was made by hand, or is nil, may:
// it is refused there.
func (c *connection) isAnswer(response *Response) bool {
	return c.behaviour == exchanging && (response == nil || response.request == nil || response.request == c.request)
}

func (c *connection) behave(ctx actor.Context) {
	switch c.behaviour {
	case awaiting:
		c.awaiting(ctx)
	case collecting:
		c.collecting(ctx)
	case exchanging:
		c.exchanging(ctx)
	case streaming:
		c.streaming(ctx)
	case discarding:
		c.discarding(ctx)
	case closing:
		c.closing(ctx)
	}
}

// start begins the first incarnation, or goes on where a crash left the one before.
func (c *connection) start(ctx actor.Context) {
	c.alarm.lost(c.now)
	if c.stage < responding {
		c.out.discardUncommitted()
	}
	switch c.stage {
	case resting:
		if c.alarm.fire == nil {
			c.open(ctx)
		}
		c.again = true
	case decoding:
		c.fail(ctx, 500, "The server failed while it read the request.")
	case requested:
		c.respond(ctx, c.request.failure(500, "The connection failed while the request was handled."))
	case responding:
		c.stop(ctx)
	case ending:
		c.close(ctx)
	}
}

func (c *connection) open(ctx actor.Context) {
	self, root := ctx.Self(), c.env.system.Root
	c.alarm.fire = func() { root.Send(self, &deadlinePassed{}) }
	c.socket.Open(func() { root.Send(self, &bytesArrived{}) }, func() { c.env.dispatcher.Hold(&c.mailbox.task) })
	c.meet()
}

// meet counts the connection among those of its client, as soon as that is known. Of a client that
// has too many, one request is answered, and it has to come soon.
func (c *connection) meet() {
	if c.client.account.Load() == nil && !c.socket.Preparing() {
		c.client.origin = &origin{c.socket.Peer(), c.socket.TLS()}
		client, welcome := c.env.peers.enter(c.client.origin.peer)
		c.client.account.Store(client)
		c.client.welcome = welcome
	}
}

// stop ends the connection by its own decision.
func (c *connection) stop(ctx actor.Context) {
	c.parting.leaving = true
	ctx.Stop(ctx.Self())
}

// end lets go of all that the connection holds.
func (c *connection) end(ctx actor.Context) {
	c.parting.ended, c.source = true, nil
	c.client.idleSince.Store(0)
	c.tellReader(ctx, &BodyRead{Request: c.request, Err: io.ErrUnexpectedEOF})
	c.endBody()
	if c.request != nil {
		c.request.end(ErrExchangeOver)
	}
	if client := c.client.account.Load(); client != nil {
		c.env.peers.leave(client, c.client.welcome)
	}
	if c.parting.lingers {
		c.env.lingering.Add(-1)
	}
	c.env.counts.exchanges.Add(c.exchanges)
	c.cutOff()
	c.alarm.stop()
	c.out.release()
	if c.parting.sending && !c.parting.leaving {
		c.env.closeLater(c.socket)
		return
	}
	c.socket.Close()
}

// cutOff closes the socket within a response, so that the client sees that there is no more: at once, even
// if a source has to end before the connection can.
func (c *connection) cutOff() {
	if c.stage != responding {
		return
	}
	if c.out.encoder.Length() == wire.UntilClose {
		c.socket.Reset() // a plain close would look like the end of the content
	}
	c.socket.Close()
}

// take feeds the decoder with what the socket has. It is false if there is nothing, which moves no deadline, or if
// there will be no more, and the connection has stopped.
func (c *connection) take(ctx actor.Context) bool {
	octets, err := c.socket.Take()
	if err != nil {
		c.env.log.cannotRead(ctx.Self(), c.socket.Peer(), err)
		c.stop(ctx) // a message that the client did not finish is not answered (RFC 9112 §8)
		return false
	}
	if len(octets) == 0 && c.client.origin != nil { // a part of a record of TLS, perhaps; the client is prepared already
		c.socket.Demand()
		return false
	}
	c.decoder.Feed(octets)
	return true
}

// demand asks the socket for more octets, holding no buffer meanwhile: the decoder has kept what it
// still needs.
func (c *connection) demand() {
	c.out.release()
	c.socket.Release()
	c.socket.Demand()
}

// decode has the decoder yield one event. A panic in there leaves it anywhere, hence the stage.
func (c *connection) decode() (wire.Event, error) {
	before := c.stage
	if before < responding { // from there on nothing more may be said
		c.stage = decoding
	}
	event, err := c.decoder.Next()
	c.stage = before
	return event, err
}

// flush writes what is held back. It is false if the client does not take it, and the connection has
// stopped.
func (c *connection) flush(ctx actor.Context) bool {
	octets := c.out.pending()
	if len(octets) == 0 {
		return true
	}
	c.alarm.flush = 0
	before := c.stage
	c.stage = responding
	timeout := c.env.config.WriteTimeout
	if c.parting.hurried {
		timeout = lingerTimeout
	}
	err := c.socket.Write(octets, timeout, c.env.config.WriteRate)
	c.stage = before
	if err != nil {
		c.env.log.debug(ctx.Self(), "cannot write", slog.String("error", err.Error()))
		if c.request != nil {
			c.gone(ctx, err)
		}
		c.out.release()
		c.stop(ctx)
		return false
	}
	c.out.written()
	return true
}
