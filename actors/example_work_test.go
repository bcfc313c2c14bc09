package actors_test

import (
	"context"
	"fmt"
	"time"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/troupe-go/troupe/actors"
)

// A shelf loads books beside the actor.
type shelf struct{ loaded int }

func (l *shelf) Receive(ctx actor.Context) {
	request, ok := ctx.Message().(*actors.Request)
	if !ok {
		return
	}
	actors.Go(ctx, request, func(ctx context.Context) (string, error) {
		select { // a query with this context
		case <-time.After(time.Millisecond):
			return "Emma", nil
		case <-ctx.Done():
			return "", context.Cause(ctx)
		}
	}, func(title string, err error) { // in the actor again
		if err != nil {
			request.Reply(request.Fail(err))
			return
		}
		l.loaded++
		request.Reply(request.Text(200, fmt.Sprint(title, " is number ", l.loaded)))
	})
}

func ExampleGo() {
	server := actors.NewServer(quiet)
	defer server.Close()
	server.Handle("GET /book", actors.One(func() actor.Actor { return &shelf{} }))

	ask(server, "GET", "/book", "")
	ask(server, "GET", "/book", "")
	// Output:
	// 200 Emma is number 1
	// 200 Emma is number 2
}

// A parcel carries a request to another actor, with a note.
type parcel struct {
	request *actors.Request
	note    string
}

func (p *parcel) CarriedRequest() *actors.Request { return p.request }

func ExampleCarrier() {
	server := actors.NewServer(quiet)
	defer server.Close()
	clerk, err := server.Spawn("clerk", actor.PropsFromFunc(func(ctx actor.Context) {
		if parcel, ok := ctx.Message().(*parcel); ok {
			parcel.request.Reply(parcel.request.Text(200, "with a note: "+parcel.note))
		}
	}))
	if err != nil {
		fmt.Println(err)
		return
	}
	server.Handle("GET /desk", actors.One(func() actor.Actor {
		return actor.ReceiveFunc(func(ctx actor.Context) {
			if request, ok := ctx.Message().(*actors.Request); ok {
				ctx.Send(clerk, &parcel{request, "urgent"})
			}
		})
	}))

	ask(server, "GET", "/desk", "")
	// Output: 200 with a note: urgent
}

// A meter reads content piece by piece, without waiting.
type meter struct{ octets int }

func (m *meter) Receive(ctx actor.Context) {
	switch message := ctx.Message().(type) {
	case *actors.Request:
		ctx.Request(message.ReplyTo(), message.ReadBody())
	case *actors.BodyRead:
		m.octets += len(message.Bytes)
		switch {
		case message.Err != nil: // the client has been answered, or is gone
		case message.End:
			message.Request.Reply(message.Request.Text(200, fmt.Sprint(m.octets, " octets")))
		default:
			ctx.Request(message.Request.ReplyTo(), message.Request.ReadBody())
		}
	}
}

func ExampleReadBody() {
	server := actors.NewServer(quiet)
	defer server.Close()
	server.Handle("POST /meter", actors.PerRequest(func() actor.Actor { return &meter{} }), actors.StreamBody())

	ask(server, "POST", "/meter", "octets")
	// Output: 200 6 octets
}
