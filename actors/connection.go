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
	ctx       actor.Context // of the current message
	now       instant       // when the current message came

	source        *actor.PID // of the content of the response, or nil
	sourceMailbox *mailbox   // of the source, also after its end
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
	for c.again && !c.parting.ended { // a loop, not recursion: a client may send many requests that are refused at once
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

// always handles the messages that are understood in every behaviour.
func (c *connection) always(ctx actor.Context) bool {
	switch message := ctx.Message().(type) {
	case *drain:
		c.drain(ctx)
	case *hasten:
		c.hasten()
	case *giveWay:
		c.giveWay(ctx, message)
	case *interim:
		c.interim(message)
	case *aborted:
		if c.request != nil && message.exchange == c.request.exchange && (c.behaviour == collecting || c.behaviour == exchanging || c.behaviour == streaming) {
			c.abandon(message.why)
		}
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
		if message.feed == nil || message.feed != c.outgoing.feed { // else it is the one that is being sent, once more
			c.env.discard(message)
		}
	default:
		return false
	}
	return true
}

// isAnswer reports whether a response is for the exchange in flight. A nil or handmade one counts too, and is refused
// there.
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

// start begins the first incarnation, or goes on where the previous one crashed.
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

// meet counts the connection for its client, once the client is known. A client over its limit is answered one
// request, which must come within the lingerTimeout.
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

// end releases everything that the connection holds.
func (c *connection) end(ctx actor.Context) {
	c.parting.ended, c.source = true, nil
	c.stopFeed()
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

// cutOff closes the socket in the middle of a response, so that the client sees that no more comes. It acts at once,
// even if the connection must wait for its source to end.
func (c *connection) cutOff() {
	if c.stage != responding {
		return
	}
	if c.out.encoder.Length() == wire.UntilClose {
		c.socket.Reset() // a plain close would look like the end of the content
	}
	c.socket.Close()
}

// take feeds the decoder with the octets that the socket has. It returns false if there are none, which moves no
// deadline, or if reading failed, which stops the connection.
func (c *connection) take(ctx actor.Context) bool {
	octets, err := c.socket.Take()
	if err != nil {
		c.env.log.cannotRead(ctx.Self(), c.socket.Peer(), err)
		c.stop(ctx) // a message that the client did not finish is not answered (RFC 9112 §8)
		return false
	}
	if len(octets) == 0 && c.client.origin != nil { // perhaps only part of a TLS record; the client is known already
		c.socket.Demand()
		return false
	}
	c.decoder.Feed(octets)
	return true
}

// demand asks the socket for more octets. Meanwhile it holds no buffer: the decoder keeps what it still needs.
func (c *connection) demand() {
	c.out.release()
	c.socket.Release()
	c.socket.Demand()
}

// decode gets one event from the decoder. A panic may leave the decoder in any state, hence the stage.
func (c *connection) decode() (wire.Event, error) {
	before := c.stage
	if before < responding { // from there on nothing more may be said
		c.stage = decoding
	}
	event, err := c.decoder.Next()
	c.stage = before
	return event, err
}

// flush writes held-back octets. It returns false if the write failed; the connection then stops.
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
		c.cannotWrite(ctx, err)
		return false
	}
	c.out.written()
	return true
}

// cannotWrite ends the connection of a client that does not take what is written.
func (c *connection) cannotWrite(ctx actor.Context, err error) {
	c.env.log.debug(ctx.Self(), "cannot write", slog.String("error", err.Error()))
	if c.request != nil {
		c.gone(ctx, err)
	}
	c.out.release()
	c.stop(ctx)
}
