package actors

import (
	"errors"
	"io"
	"os"
	"sync/atomic"
	"time"

	"github.com/asynkron/protoactor-go/actor"
)

// Reader returns the content of the request, to be read by one goroutine. On a route with StreamBody it is read as it
// arrives, in bounded memory, and Read waits for it: use it where waiting delays nobody else, as in a [Func], a
// [PerRequest] actor or the function of [Go]. If the client does not send all of it, the error is io.ErrUnexpectedEOF;
// if the exchange ends before, it is [ErrExchangeOver].
//
// Elsewhere all content is there already, and Read does not wait.
func (r *Request) Reader() *ContentReader {
	if r.pulls() {
		return &ContentReader{request: r, pulls: true, moved: make(chan struct{}, 1)}
	}
	return &ContentReader{request: r, rest: r.Body}
}

// pulls reports whether the content has to be asked for piece by piece.
func (r *Request) pulls() bool { return r.route != nil && r.route.streams && r.env != nil }

// A ContentReader is an io.Reader of the content of a request: see [Request.Reader].
type ContentReader struct {
	request  *Request
	rest     []byte // of the last piece
	pulls    bool
	asked    *piecePost                // the answer to the last ReadBody comes here; nil if none is outstanding
	deadline atomic.Pointer[time.Time] // nil before SetDeadline
	moved    chan struct{}             // the deadline has changed; nil if Read does not wait
	trailers Fields
	err      error // after the rest
}

// Read reads at most one piece of the content.
func (c *ContentReader) Read(into []byte) (int, error) {
	if len(into) == 0 {
		return 0, nil
	}
	if err := c.fill(); err != nil {
		return 0, err
	}
	n := copy(into, c.rest)
	c.rest = c.rest[n:]
	return n, nil
}

// WriteTo writes the rest of the content, piece by piece as it arrives.
func (c *ContentReader) WriteTo(to io.Writer) (octets int64, err error) {
	for {
		if err := c.fill(); err == io.EOF {
			return octets, nil
		} else if err != nil {
			return octets, err
		}
		n, err := to.Write(c.rest)
		c.rest = c.rest[n:]
		if octets += int64(n); err != nil {
			return octets, err
		}
	}
}

// fill makes sure that there is a rest.
func (c *ContentReader) fill() error {
	for len(c.rest) == 0 {
		if c.err != nil {
			return c.err
		}
		if !c.pulls {
			c.err, c.trailers = io.EOF, c.request.Trailers
			continue
		}
		answer, err := c.next()
		if err != nil {
			return err // another Read may wait again
		}
		read, is := answer.(*BodyRead)
		switch {
		case !is: // it is a dead letter
			c.err = ErrExchangeOver
		case read.Err != nil:
			c.err = read.Err
		default:
			c.rest = read.Bytes
			if read.End {
				c.err, c.trailers = io.EOF, read.Trailers
			}
		}
	}
	return nil
}

// Trailers returns the trailer fields of the content, once Read has returned io.EOF.
func (c *ContentReader) Trailers() Fields { return c.trailers }

// SetDeadline sets until when Read waits for content. After that its error is os.ErrDeadlineExceeded; a later deadline
// lets it wait again. The zero time, as at first, means for ever; the server's own timeouts apply all the same. Any
// goroutine may call it, also while Read waits.
func (c *ContentReader) SetDeadline(t time.Time) {
	c.deadline.Store(&t)
	select {
	case c.moved <- struct{}{}:
	default: // Read will look anyway, or never waits
	}
}

// next asks for the next piece, unless that was done before, and waits for the answer.
func (c *ContentReader) next() (answer any, err error) {
	if c.asked == nil {
		c.asked = c.request.env.openPost(c.request.ReplyTo().Id + "/reader")
		c.request.env.system.Root.RequestWithCustomSender(c.request.ReplyTo(), c.request.ReadBody(), c.asked.pid)
	}
	for {
		var late <-chan time.Time
		if deadline := c.deadline.Load(); deadline != nil && !deadline.IsZero() {
			timer := time.NewTimer(time.Until(*deadline))
			defer timer.Stop()
			late = timer.C
		}
		select {
		case answer := <-c.asked.answer:
			c.asked = nil
			return answer, nil
		case <-late:
			return nil, os.ErrDeadlineExceeded
		case <-c.moved:
		}
	}
}

// A piecePost is where the answer to a ReadBody comes to a goroutine that is no actor.
type piecePost struct {
	env    *env
	pid    *actor.PID
	answer chan any
}

func (env *env) openPost(prefix string) *piecePost {
	post := &piecePost{env: env, answer: make(chan any, 1)}
	post.pid, _ = env.system.ProcessRegistry.Add(post, prefix+env.system.ProcessRegistry.NextId())
	return post
}

// SendUserMessage, SendSystemMessage and Stop make a piecePost an actor.Process.
func (p *piecePost) SendUserMessage(_ *actor.PID, message any) {
	p.env.system.ProcessRegistry.Remove(p.pid)
	select {
	case p.answer <- actor.UnwrapEnvelopeMessage(message):
	default: // one answer is all it can get
	}
}

func (p *piecePost) SendSystemMessage(*actor.PID, any) {}
func (p *piecePost) Stop(*actor.PID)                   {}

// content returns all of the content. Where it is streamed, it reads at most as much as the server collects.
func (r *Request) content() ([]byte, error) {
	if !r.pulls() {
		return r.Body, nil
	}
	limit, reader := r.contentLimit(), r.Reader()
	var content []byte
	for {
		if err := reader.fill(); err == io.EOF {
			return content, nil
		} else if errors.Is(err, io.ErrUnexpectedEOF) {
			return nil, &Problem{Status: 400, Detail: "The content ended too early."}
		} else if err != nil {
			return nil, err
		}
		if int64(len(content)+len(reader.rest)) > limit {
			return nil, tooLarge()
		}
		if need := len(content) + len(reader.rest); need > cap(content) {
			room := max(need, 2*cap(content))
			if room > freeContent && r.from != nil && !r.env.content.reserve(&r.reserved, room) { // content counts, whoever collects it
				return nil, &Problem{Status: 503, Detail: "The server has no room for the content."}
			}
			content = append(make([]byte, 0, room), content...)
		}
		content, reader.rest = append(content, reader.rest...), nil
	}
}

// contentLimit is how much of the content is read at once.
func (r *Request) contentLimit() int64 {
	switch {
	case r.env == nil:
		return int64(len(r.Body))
	case r.route != nil && r.route.maxBody != 0:
		return max(r.route.maxBody, 0)
	}
	return max(r.env.config.Limits.Body, 0)
}
