package actors

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/asynkron/protoactor-go/actor"
)

// The scene of the kill tests: handlers of every kind, and clients that know what to expect.

// sceneRoutes has handlers that answer at once, later, from a child, by a stream; that pull content,
// crash, stop, ask others, and take their time. Every answer names the token of its request.
func sceneRoutes(server *Server, s *saboteur) {
	token := func(r *Request) *Response { return r.Text(200, "token "+r.Param("token")) }
	serve := func(pattern string, receive actor.ReceiveFunc, options ...RouteOption) {
		server.Handle(pattern, actor.PropsFromFunc(func(ctx actor.Context) { s.strikeIn(ctx); receive(ctx) }), options...)
	}
	onRequest := func(do func(ctx actor.Context, r *Request)) actor.ReceiveFunc {
		return func(ctx actor.Context) {
			if r, ok := ctx.Message().(*Request); ok {
				do(ctx, r)
			}
		}
	}
	serve("GET /quick/{token}", onRequest(func(ctx actor.Context, r *Request) { ctx.Respond(token(r)) }))
	serve("POST /echo/{token}", onRequest(func(ctx actor.Context, r *Request) {
		ctx.Respond(r.Text(200, "token "+r.Param("token")+" "+string(r.Body)))
	}))
	serve("GET /slow/{token}", onRequest(func(ctx actor.Context, r *Request) {
		time.Sleep(slowTime)
		ctx.Respond(token(r))
	}))
	serve("GET /full/{token}", onRequest(func(ctx actor.Context, r *Request) {
		time.Sleep(slowTime)
		ctx.Respond(token(r))
	}), MaxQueue(1))
	serve("GET /twice/{token}", onRequest(func(ctx actor.Context, r *Request) {
		ctx.Respond(token(r))
		ctx.Respond(token(r))
	}))
	serve("GET /crash/{token}", func(ctx actor.Context) {
		switch ctx.Message().(type) {
		case *Request:
			ctx.Send(ctx.Self(), "crash by yourself") // after some of these it pauses
			panic("asked to")
		case string:
			panic("by itself")
		}
	})
	serve("GET /quit/{token}", onRequest(func(ctx actor.Context, _ *Request) { ctx.Stop(ctx.Self()) }))
	serve("GET /stream/{token}", onRequest(func(ctx actor.Context, r *Request) {
		ctx.Respond(r.Stream(200, nil, actor.PropsFromFunc(sourceOf(r.Param("token")))))
	}))
	serve("GET /never/{token}", func(actor.Context) {}, HandlerTimeout(neverTime))
	serve("GET /broken/{token}", onRequest(func(ctx actor.Context, r *Request) {
		ctx.Respond(r.Stream(200, nil, actor.PropsFromFunc(func(ctx actor.Context) {
			if _, ok := ctx.Message().(*ReadBody); ok {
				ctx.Stop(ctx.Self())
			}
		})))
	}))
	serve("POST /pull/{token}", pullThenAnswer, StreamBody())
	server.Handle("GET /kept/{token}", actor.PropsFromProducer(func() actor.Actor { return &keeper{saboteur: s} }))
	serve("GET /asked/{token}", func(ctx actor.Context) {
		switch message := ctx.Message().(type) {
		case *Request:
			ctx.Request(ctx.Spawn(actor.PropsFromFunc(func(ctx actor.Context) {
				s.strikeIn(ctx)
				onRequest(func(ctx actor.Context, r *Request) {
					ctx.Respond(token(r)) // to its parent
					ctx.Stop(ctx.Self())
				})(ctx)
			})), message)
		case *Response:
			ctx.Send(message.request.Connection(), message)
		}
	})
	server.Handle("GET /member/{token}", actor.PropsFromProducer(func() actor.Actor {
		return &pool{saboteur: s, member: actor.PropsFromFunc(func(ctx actor.Context) {
			s.strikeIn(ctx)
			onRequest(func(ctx actor.Context, r *Request) { ctx.Respond(token(r)) })(ctx)
		})}
	}))
}

// slowTime is how long the slow handlers take for a request, keptTime how long the keeper keeps one, and
// neverTime how long one may take that never answers.
const (
	slowTime  = 5 * time.Millisecond
	keptTime  = 20 * time.Millisecond
	neverTime = 30 * time.Millisecond
)

// sourceOf sends its token in pieces.
func sourceOf(token string) actor.ReceiveFunc {
	pieces := []string{"token ", token}
	return func(ctx actor.Context) {
		demand, ok := ctx.Message().(*ReadBody)
		switch {
		case !ok:
		case len(pieces) == 0:
			ctx.Respond(demand.End(nil))
		default:
			ctx.Respond(demand.Data([]byte(pieces[0])))
			pieces = pieces[1:]
		}
	}
}

// pullThenAnswer pulls the content of one request after the other.
func pullThenAnswer(ctx actor.Context) {
	switch message := ctx.Message().(type) {
	case *Request:
		ctx.Request(message.Connection(), message.ReadBody())
	case *BodyRead:
		switch r := message.Request; {
		case message.Err != nil:
		case message.End:
			ctx.Send(r.Connection(), r.Text(200, "token "+r.Param("token")))
		default:
			ctx.Request(r.Connection(), r.ReadBody())
		}
	}
}

// A tick is what a keeper waits for.
type tick struct{ request *Request }

// A keeper answers later.
type keeper struct{ saboteur *saboteur }

func (k *keeper) Receive(ctx actor.Context) {
	k.saboteur.strikeIn(ctx)
	switch message := ctx.Message().(type) {
	case *Request:
		self, root := ctx.Self(), ctx.ActorSystem().Root
		time.AfterFunc(keptTime, func() { root.Send(self, &tick{message}) })
	case *tick:
		ctx.Send(message.request.Connection(), message.request.Text(200, "token "+message.request.Param("token")))
	}
}

// A pool passes its requests on to a member.
type pool struct {
	saboteur *saboteur
	member   *actor.Props
	pid      *actor.PID
}

func (p *pool) Receive(ctx actor.Context) {
	p.saboteur.strikeIn(ctx)
	switch message := ctx.Message().(type) {
	case *actor.Started:
		p.pid = ctx.Spawn(p.member)
	case *actor.Terminated:
		if p.pid.Equal(message.Who) {
			p.pid = ctx.Spawn(p.member)
		}
	case *Request:
		ctx.Forward(p.pid)
	}
}

// A sceneClient makes one request after the other, on connections that it makes when it needs one.
type sceneClient struct {
	dial  func() (net.Conn, error)
	name  string
	limit time.Duration // for one response, beyond the time that it takes anyway

	conn   net.Conn
	reader *bufio.Reader
	number int

	mu     sync.Mutex
	wrong  []string
	counts map[int]int // of responses, by status
	closed int         // connections that ended without a response
	may    func(closed bool) bool
}

// A call is a request with what may come of it.
type call struct {
	method, path string
	content      string        // sent in two parts, the second a little later
	takes        time.Duration // of a good answer
	good         string        // what may come besides 500 and 503; "" for neither, "close" for a broken stream
}

// do makes a call, and notes what is wrong with its answer.
func (c *sceneClient) do(what call) {
	c.number++
	token := fmt.Sprintf("%s.%d", c.name, c.number)
	if c.conn == nil {
		conn, err := c.dial()
		if err != nil {
			c.complain("%s: %v", what.path, err)
			return
		}
		c.conn, c.reader = conn, bufio.NewReader(conn)
	}
	begun := time.Now()
	c.conn.SetDeadline(begun.Add(what.takes + 2*c.limit))
	conn, sent := c.conn, make(chan struct{})
	go func() {
		defer close(sent)
		send(conn, what, token)
	}()
	status, content, persists, err := c.read(what)
	took := time.Since(begun)
	c.judge(what, token, status, content, took, err)
	if err != nil || !persists {
		c.hangUp()
	}
	<-sent
}

func send(conn net.Conn, what call, token string) {
	head := fmt.Sprintf("%s %s/%s HTTP/1.1\r\nHost: a\r\n", what.method, what.path, token)
	if what.content == "" {
		io.WriteString(conn, head+"\r\n")
		return
	}
	half := len(what.content) / 2
	fmt.Fprintf(conn, "%sContent-Length: %d\r\n\r\n%s", head, len(what.content), what.content[:half])
	time.Sleep(partTime)
	io.WriteString(conn, what.content[half:])
}

// partTime is between the parts of a content.
const partTime = time.Millisecond

func (c *sceneClient) read(what call) (status int, content string, persists bool, err error) {
	response, err := http.ReadResponse(c.reader, &http.Request{Method: what.method})
	if err != nil {
		return 0, "", false, err
	}
	octets, err := io.ReadAll(response.Body)
	return response.StatusCode, string(octets), !response.Close, err
}

// judge says what is wrong with an answer: not its own, neither right nor an honest failure, or late.
func (c *sceneClient) judge(what call, token string, status int, content string, took time.Duration, err error) {
	c.mu.Lock()
	c.counts[status]++
	c.mu.Unlock()
	broken := errors.Is(err, io.ErrUnexpectedEOF) && status == 200
	switch {
	case broken && (what.good == "close" || what.path == "/stream"):
	case err != nil && status == 0 && c.may(true):
		c.mu.Lock()
		c.closed++
		c.mu.Unlock()
	case err != nil:
		c.complain("%s: no answer: %v (status %d, %q)", what.path, err, status, content)
	case status == 200 && what.good == "200" && strings.HasPrefix(content, "token "+token):
	case status != 200 && what.good == strconv.Itoa(status):
	case status == 500 || status == 503:
	default:
		c.complain("%s: %d %q, want its own answer, 500 or 503", what.path, status, content)
	}
	if most := what.takes + c.limit; took > most {
		c.complain("%s: status %d took %v, want at most %v", what.path, status, took, most)
	}
}

func (c *sceneClient) complain(format string, arguments ...any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.wrong = append(c.wrong, c.name+" "+fmt.Sprintf(format, arguments...))
}

func (c *sceneClient) hangUp() {
	if c.conn != nil {
		c.conn.Close()
		c.conn = nil
	}
}
