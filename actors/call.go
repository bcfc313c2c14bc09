package actors

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/asynkron/protoactor-go/actor"
)

// Do sends a request of [NewRequest] through the router to a handler, without a socket. It returns the response as a
// client would get it, after the functions of After. The content of a stream is collected, up to Config.Limits.Body
// octets.
//
// The request is treated like one that came by HTTP/1.1: Before, the limits of its route, the queue and the timeout
// apply. It may be used again, also by several goroutines at once. Do starts a server that does not run yet, without
// a listener.
//
// If ctx ends first, Do returns its cause, and the Context of the request ends with ErrClientGone. After Shutdown the
// error is ErrServerClosed. Do also fails if the request breaks a rule of HTTP, or if the content of the response
// breaks off. A status such as 500 is not an error. Do waits for the response, so it must not be called within
// Receive.
func (s *Server) Do(ctx context.Context, request *Request) (*Response, error) {
	s.check("Do")
	if ctx == nil {
		mistake("Do: the context is nil: there is context.Background()")
	}
	if request == nil || request.env != nil {
		mistake("Do: the request has to be one of NewRequest")
	}
	c := &call{env: s.env, ctx: ctx, wake: make(chan struct{}, 1)}
	if err := s.beginCall(c); err != nil {
		return nil, err
	}
	defer s.env.endCall(c)
	s.env.awaitRouter()
	if err := c.parse(request); err != nil {
		return nil, fmt.Errorf("actors: Do: %w", err)
	}
	id := callPrefix + strings.TrimPrefix(s.env.connections.nextName(), "connection$")
	c.pid, _ = s.env.system.ProcessRegistry.Add(c, id)
	defer c.close()
	defer s.env.system.ProcessRegistry.Remove(c.pid)
	return c.do()
}

// callPrefix begins the id of a call.
const callPrefix = serverName + "/call$"

// beginCall registers a call, and starts the server if it does not run yet.
func (s *Server) beginCall(c *call) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return ErrServerClosed
	}
	if s.pid == nil {
		if err := s.start(); err != nil {
			return err
		}
	}
	s.env.calls.add(c)
	return nil
}

// endCall lets the server go on with its drain after the last call.
func (env *env) endCall(c *call) {
	if left := env.calls.remove(c); left == 0 && env.draining() {
		env.system.Root.Send(env.system.NewLocalPID(serverName), &callsEnded{})
	}
}

// A call is the link of an exchange within the process: a Go call instead of a connection. It is not an actor: the
// goroutine of the caller handles its messages.
type call struct {
	env *env
	ctx context.Context
	pid *actor.PID
	exchange
	now instant // when the current message came

	mu     sync.Mutex
	closed bool // what comes is refused
	inbox  []any
	wake   chan struct{} // has a value while there is something in the inbox

	response  *Response // ends the exchange; nil until it is there
	aborted   error     // why there is none, or no more of it
	streaming bool      // the content of the response is being collected
	feed      feed      // of that content; nil if it comes from an actor
}

// SendUserMessage, SendSystemMessage and Stop make a call an actor.Process.
func (c *call) SendUserMessage(_ *actor.PID, message any) {
	c.mu.Lock()
	closed := c.closed
	if !closed {
		c.inbox = append(c.inbox, message)
	}
	c.mu.Unlock()
	if closed {
		_, content, sender := actor.UnwrapEnvelope(message)
		c.env.refuse(content, sender, 0)
		return
	}
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

func (c *call) SendSystemMessage(_ *actor.PID, message any) {
	if _, stopped := message.(*actor.Terminated); stopped {
		c.SendUserMessage(nil, &sourceStopped{c.request.exchange}) // after the pieces that it has sent
	}
}

func (c *call) Stop(*actor.PID) {}

// close refuses what has come and was not handled, and what still comes, as the mailbox of an actor that has stopped does.
func (c *call) close() {
	c.mu.Lock()
	inbox := c.inbox
	c.inbox, c.closed = nil, true
	c.mu.Unlock()
	for _, message := range inbox {
		_, content, sender := actor.UnwrapEnvelope(message)
		c.env.refuse(content, sender, 0)
	}
}

// do is the exchange.
func (c *call) do() (*Response, error) {
	r := c.request
	c.begun = c.env.clock()
	r.envelope = actor.MessageEnvelope{Message: r, Sender: c.pid}
	defer func() { r.end(ErrExchangeOver) }()
	r.resolve()
	c.now = c.begun
	if refusal := c.refusal(); refusal != nil {
		c.answer(refusal)
	} else {
		c.since, r.sent, r.sealed = c.now, c.now, true
		c.env.system.Root.Send(c.env.system.NewLocalPID(routerName), &r.envelope)
	}
	if err := c.await(); err != nil {
		r.cutShort(ErrClientGone)
		return nil, err
	}
	return c.finish()
}

// refusal is the server's own answer to a request that must not reach a handler; nil if there is none.
func (c *call) refusal() *Response {
	r := c.request
	if limit := r.route.bodyLimit(c.env.config.Limits.Body); int64(len(r.Body)) > limit {
		return r.failure(413, "The content is too large for this route.")
	}
	r.sent = c.now
	if r.route == nil || len(r.route.filters.before) == 0 {
		return nil
	}
	var refusal *Response
	if !apart(func() { refusal = r.before(c.pid) }) {
		return r.failure(500, "A filter of this route failed on this request.")
	}
	return refusal
}

// apart calls foreign code on its own goroutine. It returns false if the code ends that goroutine: the caller of Do must
// not be ended.
func apart(call func()) (returned bool) {
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		call()
		returned = true
	}()
	<-ended
	return returned
}

// await waits for the response, and handles the messages that come before it.
func (c *call) await() error {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for c.response == nil && c.aborted == nil {
		if left := c.nextWake(c.env.clock()); left >= 0 {
			timer.Reset(left)
		} else {
			timer.Stop()
		}
		select {
		case <-c.wake:
			c.receiveAll()
		case <-timer.C:
			c.now = c.env.clock()
			c.overdue(c)
		case <-c.ctx.Done():
			return context.Cause(c.ctx)
		case <-c.env.done:
			return ErrServerClosed
		case <-c.env.abandoned:
			return ErrServerClosed
		}
	}
	if c.response == nil {
		return c.aborted
	}
	return nil
}

// nextWake is nextLook, also for a request that has not joined a line yet: nobody tells the call when it does.
func (c *call) nextWake(now instant) time.Duration {
	left := c.nextLook(now)
	if c.request.waitsAt() == nil {
		left = earlier(left, c.request.firstLook(&c.env.config))
	}
	return left
}

func (c *call) self() *actor.PID      { return c.pid }
func (c *call) at() instant           { return c.now }
func (c *call) refused(time.Duration) {}

// answer ends the wait for a response.
func (c *call) answer(response *Response) {
	if c.response == nil {
		c.response = response
	}
}
