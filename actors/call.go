package actors

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/troupe-go/troupe/wire"
)

// NewRequest makes a request for [Server.Do]. The target is a path with a query, as "/rooms/red?since=7", or a URL with a
// host. The body may be nil. What is wrong with any of them Do says.
func NewRequest(method, target string, body []byte) *Request {
	return &Request{Body: body, head: wire.RequestHead{Method: method, Target: wire.RequestTarget{Raw: target}}}
}

// With adds a field line to a request of [NewRequest], and returns the request. Content-Length and Transfer-Encoding are the
// server's: it knows the body. Host is "localhost" unless it is set, or the target says it.
func (r *Request) With(name, value string) *Request {
	if r.env != nil {
		mistake("With: the request has come from a client, and does not change")
	}
	r.head.Fields = append(r.head.Fields, Field{Name: name, Value: value})
	return r
}

// Do sends a request of [NewRequest] through the router to a handler, without a socket, and returns the response: as it would
// be sent, after the functions of After. The content of a stream is collected, up to Config.Limits.Body octets.
//
// The request is treated as one that has come by HTTP/1.1: Before, the limits of the route, its queue and its timeout hold
// for it. It may be used again, by several goroutines at once. A server that does not serve yet begins to, without a
// listener.
//
// The error is the cause of the context if that ends first: then the Context of the request ends with ErrClientGone. It is
// ErrServerClosed after Shutdown, and says so if the request breaks a rule of HTTP, or if the content of the response
// breaks off. A status such as 500 is no error. Do must not be called within Receive: it waits.
func (s *Server) Do(ctx context.Context, request *Request) (*Response, error) {
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
	defer s.env.system.ProcessRegistry.Remove(c.pid)
	return c.do()
}

// callPrefix begins the id of a call.
const callPrefix = serverName + "/call$"

// beginCall notes a call, and starts the server if nothing has yet.
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

// endCall has the server go on with its drain after the last call.
func (env *env) endCall(c *call) {
	if left := env.calls.remove(c); left == 0 && env.draining() {
		env.system.Root.Send(env.system.NewLocalPID(serverName), &callsEnded{})
	}
}

// A call is the link of an exchange within the process: a Go call instead of a connection. It is no actor: messages for it
// are dealt with by the goroutine of the caller.
type call struct {
	env *env
	ctx context.Context
	pid *actor.PID
	exchange
	now instant // when the message at hand came

	mu    sync.Mutex
	inbox []any
	wake  chan struct{} // has a value while there is something in the inbox

	response *Response // that ends the exchange; nil until it is there
}

// SendUserMessage, SendSystemMessage and Stop are those of an actor.Process.
func (c *call) SendUserMessage(_ *actor.PID, message any) {
	c.mu.Lock()
	c.inbox = append(c.inbox, message)
	c.mu.Unlock()
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

// parse makes the request of the exchange: a new one, since the caller may use its own again. It goes through the decoder, so
// that it obeys the same rules as one from a client.
func (c *call) parse(from *Request) error {
	var octets bytes.Buffer
	fmt.Fprintf(&octets, "%s %s HTTP/1.1\r\n", from.head.Method, from.head.Target.Raw)
	if !from.head.Fields.Has("Host") {
		octets.WriteString("Host: localhost\r\n")
	}
	for _, field := range from.head.Fields {
		if strings.EqualFold(field.Name, "Content-Length") || strings.EqualFold(field.Name, "Transfer-Encoding") {
			return fmt.Errorf("the field %s is the server's", field.Name)
		}
		fmt.Fprintf(&octets, "%s: %s\r\n", field.Name, field.Value)
	}
	octets.WriteString("Content-Length: " + strconv.Itoa(len(from.Body)) + "\r\n\r\n")
	decoder := wire.NewDecoder(&c.env.limits)
	r := &Request{env: c.env, exchange: 1, complete: true}
	decoder.Into(&r.head, r.fields[:])
	decoder.Feed(octets.Bytes())
	event, err := decoder.Next()
	switch {
	case err != nil:
		return err
	case event == nil || decoder.Buffered() > 0: // a line break within the target, or a field
		return errors.New("it is not one whole head of a request")
	case len(from.Body) > 0:
		r.Body = from.Body
	}
	c.request = r
	return nil
}

// do is the exchange.
func (c *call) do() (*Response, error) {
	r := c.request
	c.begun = c.env.clock()
	r.envelope = actor.MessageEnvelope{Message: r, Sender: c.pid}
	defer func() { r.end(ErrExchangeOver) }()
	if r.head.Target.Form != wire.AuthorityForm && r.head.Target.Form != wire.AsteriskForm {
		r.route, r.params, _ = c.env.routes().Resolve(r.head.Method, r.head.Target.Path)
	}
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

// refusal is the answer to a request that no handler is to see; nil if there is none.
func (c *call) refusal() *Response {
	r := c.request
	if limit := r.route.bodyLimit(c.env.config.Limits.Body); int64(len(r.Body)) > limit {
		return r.failure(413, "The content is too large for this route.")
	}
	r.sent = c.now
	return r.before(c.pid)
}

// await waits for the response, and deals with the messages that come before it.
func (c *call) await() error {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for c.response == nil {
		if left := c.nextLook(c.env.clock()); left >= 0 {
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
		}
	}
	return nil
}

// received yields what has come, but for what a call deals with at any time.
func (c *call) received(yield func(any) bool) {
	c.mu.Lock()
	inbox := c.inbox
	c.inbox = nil
	c.mu.Unlock()
	for _, message := range inbox {
		_, content, sender := actor.UnwrapEnvelope(message)
		c.now = c.env.clock()
		switch content := content.(type) {
		case *ReadBody:
			c.readBody(content, sender)
		case *hasten:
			c.request.Context() // who asks for it later is to know as well
			c.request.cancel(ErrDraining)
		default:
			if !yield(content) {
				return
			}
		}
	}
}

func (c *call) receiveAll() {
	for content := range c.received {
		switch content := content.(type) {
		case *Response:
			if c.response != nil || content != nil && content.request != nil && content.request != c.request {
				c.env.counts.late.Add(1)
				c.env.log.late(c.pid, content)
				c.env.discard(content)
				continue
			}
			c.receive(c, content)
		default:
			if c.response == nil {
				c.receive(c, content)
			}
		}
	}
}

// readBody gives a handler that pulls the content all of it, and then the end.
func (c *call) readBody(demand *ReadBody, reader *actor.PID) {
	if reader == nil {
		return
	}
	read := &BodyRead{Request: c.request, Err: ErrExchangeOver}
	if demand.request == c.request {
		read = &BodyRead{Request: c.request, End: true}
		if !c.reading.begun {
			read.Bytes, c.reading.begun = c.request.Body, true
		}
	}
	c.env.system.Root.Send(reader, read)
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
