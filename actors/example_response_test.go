package actors_test

import (
	"context"
	"fmt"
	"html/template"
	"io"
	"log"
	"net/http"
	"strings"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/troupe-go/troupe/actors"
)

// head prints the fields of the response to a GET.
func head(server *actors.Server, target string) {
	response, err := server.Do(context.Background(), actors.NewRequest("GET", target, nil))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(response.Status, response.ContentType, response.Fields, response.Length())
}

func ExampleResponse_With() {
	server := serveFunc("GET /", func(r *actors.Request) *actors.Response {
		return r.Bytes(200, "image/png", []byte("octets")).With("Cache-Control", "max-age=60")
	})
	defer server.Close()

	head(server, "/")
	// Output: 200 image/png [{Cache-Control max-age=60}] 6
}

func ExampleResponse_SetCookie() {
	server := serveFunc("GET /", func(r *actors.Request) *actors.Response {
		return r.Status(204).SetCookie(&http.Cookie{
			Name: "session", Value: "k3f9", Path: "/",
			HttpOnly: true, Secure: true, SameSite: http.SameSiteLaxMode,
		})
	})
	defer server.Close()

	head(server, "/")
	// Output: 204  [{Set-Cookie session=k3f9; Path=/; HttpOnly; Secure; SameSite=Lax}] 0
}

func ExampleResponse_Attachment() {
	server := serveFunc("GET /", func(r *actors.Request) *actors.Response {
		return r.Text(200, "item,number\n").Attachment("stock.csv")
	})
	defer server.Close()

	head(server, "/")
	// Output: 200 text/plain; charset=utf-8 [{Content-Disposition attachment; filename=stock.csv}] 12
}

func ExampleResponse_Close() {
	server := serveFunc("GET /", func(r *actors.Request) *actors.Response {
		return r.Text(200, "Goodbye").Close() // the client needs a new connection
	})
	defer server.Close()

	ask(server, "GET", "/", "")
	// Output: 200 Goodbye
}

// A shouter is a content coding that nobody uses.
type shouter struct{ to io.Writer }

func (s shouter) Write(piece []byte) (int, error) {
	_, err := s.to.Write([]byte(strings.ToUpper(string(piece))))
	return len(piece), err
}

func (s shouter) Close() error { return nil }

func ExampleResponse_Encode() {
	server := serveFunc("GET /", func(r *actors.Request) *actors.Response {
		return r.Text(200, "hello").Encode("x-loud", func(to io.Writer) io.WriteCloser { return shouter{to} })
	})
	defer server.Close()

	ask(server, "GET", "/", "")
	// Output: 200 HELLO
}

func ExampleRequest_Redirect() {
	server := serveFunc("GET /old", func(r *actors.Request) *actors.Response { return r.Redirect(308, "/new") })
	defer server.Close()

	head(server, "/old")
	// Output: 308  [{Location /new}] 0
}

func ExampleRequest_Template() {
	page := template.Must(template.New("hello").Parse("<p>Hello, {{.}}!</p>"))
	server := serveFunc("GET /hello/{name}", func(r *actors.Request) *actors.Response {
		return r.Template(200, page, r.Param("name"))
	})
	defer server.Close()

	ask(server, "GET", "/hello/%3CAda%3E", "")
	// Output: 200 <p>Hello, &lt;Ada&gt;!</p>
}

func ExampleRequest_StreamFrom() {
	server := serveFunc("GET /film", func(r *actors.Request) *actors.Response {
		film := strings.NewReader("octets") // an *os.File, closed at the end
		return r.StreamFrom(200, actors.Fields{{Name: "Content-Type", Value: "video/mp4"}}, film, film.Size())
	})
	defer server.Close()

	ask(server, "GET", "/film", "")
	// Output: 200 octets
}

// A countdown is the source of a stream: it answers each ReadBody with a piece.
type countdown struct{ left int }

func (c *countdown) Receive(ctx actor.Context) {
	demand, ok := ctx.Message().(*actors.ReadBody)
	switch {
	case !ok:
	case c.left == 0:
		ctx.Respond(demand.End(nil))
	default:
		ctx.Respond(demand.Data(fmt.Append(nil, c.left, " ")))
		c.left--
	}
}

func ExampleRequest_Stream() {
	server := serveFunc("GET /countdown", func(r *actors.Request) *actors.Response {
		return r.Stream(200, nil, actor.PropsFromProducer(func() actor.Actor { return &countdown{3} })).WithLength(6)
	})
	defer server.Close()

	ask(server, "GET", "/countdown", "")
	// Output: 200 3 2 1
}

func ExampleRequest_Interim() {
	server := serveFunc("GET /", func(r *actors.Request) *actors.Response {
		r.Interim(103, actors.Fields{{Name: "Link", Value: "</style.css>; rel=preload; as=style"}})
		return r.HTML(200, `<link rel="stylesheet" href="/style.css">`) // which took long to make
	})
	defer server.Close()

	ask(server, "GET", "/", "")
	// Output: 200 <link rel="stylesheet" href="/style.css">
}

func ExampleRequest_Abort() {
	server := serveFunc("GET /", func(r *actors.Request) *actors.Response {
		r.Abort("what was to be passed on is broken") // the log says so
		return nil
	})
	defer server.Close()

	_, err := server.Do(context.Background(), actors.NewRequest("GET", "/", nil))
	fmt.Println(err != nil)
	// Output: true
}

func ExampleRequest_Reply() {
	server := actors.NewServer(quiet)
	defer server.Close()
	server.Handle("GET /later", actors.One(func() actor.Actor {
		return actor.ReceiveFunc(func(ctx actor.Context) {
			if request, ok := ctx.Message().(*actors.Request); ok {
				go request.Reply(request.Text(200, "later")) // meanwhile the actor takes other messages
			}
		})
	}))

	ask(server, "GET", "/later", "")
	// Output: 200 later
}
