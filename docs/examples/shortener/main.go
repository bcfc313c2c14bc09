// Shortener makes short links.
package main

import (
	"crypto/rand"
	"log"
	"net/url"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/troupe-go/troupe/actors"
)

type link struct {
	Code string `json:"code"`
	URL  string `json:"url"`
	Hits int    `json:"hits"`
}

// links is the actor that has all links.
type links map[string]*link

func (l links) Receive(ctx actor.Context) {
	request, ok := ctx.Message().(*actors.Request)
	if !ok {
		return
	}
	if request.Method() == "POST" {
		ctx.Respond(l.add(request))
		return
	}
	found := l[request.Param("code")]
	switch {
	case found == nil:
		ctx.Respond(request.Fail(&actors.Problem{Status: 404, Detail: "There is no such link."}))
	case request.Pattern() == "GET /links/{code}":
		ctx.Respond(request.JSON(200, found))
	default:
		found.Hits++
		ctx.Respond(request.Redirect(302, found.URL))
	}
}

func (l links) add(request *actors.Request) *actors.Response {
	var made link
	if err := request.DecodeJSON(&made); err != nil {
		return request.Fail(err)
	}
	if to, err := url.Parse(made.URL); err != nil || to.Host == "" {
		return request.Fail(&actors.Problem{Status: 400, Detail: "The url has no host."})
	}
	made.Code, made.Hits = rand.Text()[:8], 0
	l[made.Code] = &made
	return request.JSON(201, made).With("Location", "/links/"+made.Code)
}

func newServer() *actors.Server {
	server := actors.NewServer(actors.Config{})
	handler := actors.One(func() actor.Actor { return make(links) })
	server.Handle("POST /links", handler)
	server.Handle("GET /links/{code}", handler)
	server.Handle("GET /{code}", handler)
	return server
}

func main() { log.Fatal(newServer().ListenAndServe("127.0.0.1:8080")) }
