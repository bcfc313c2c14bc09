// Rooms are chat rooms with history and live events.
package main

import (
	_ "embed"
	"log"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/troupe-go/troupe/actors"
)

//go:embed room.html
var page string

type message struct {
	By   string `json:"by"`
	Text string `json:"text"`
}

// A room is the actor of one room.
type room struct {
	history []message
	live    *actors.Topic
}

func newRoom() actor.Actor { return &room{} }

func (r *room) Receive(ctx actor.Context) {
	switch request := ctx.Message().(type) {
	case *actor.Started:
		r.live = actors.TopicOf(ctx, actors.TopicOptions{})
	case *actors.Request:
		switch request.Pattern() {
		case "POST /rooms/{room}/messages":
			ctx.Respond(r.say(request))
		case "GET /rooms/{room}/messages":
			ctx.Respond(request.JSON(200, r.history))
		case "GET /rooms/{room}/live":
			ctx.Respond(request.Events(r.live, r.past()...))
		}
	}
}

func (r *room) say(request *actors.Request) *actors.Response {
	var said message
	if err := request.DecodeJSON(&said); err != nil {
		return request.Fail(err)
	}
	r.history = append(r.history, said)
	r.history = r.history[max(0, len(r.history)-100):]
	event, _ := actors.JSONEvent("", said)
	r.live.Publish(event)
	return request.JSON(201, said)
}

// past is what a new listener gets first.
func (r *room) past() (events []actors.Event) {
	for _, said := range r.history {
		event, _ := actors.JSONEvent("", said)
		events = append(events, event)
	}
	return events
}

func newServer() *actors.Server {
	server := actors.NewServer(actors.Config{})
	rooms := actors.PerKey("room", newRoom)
	server.Handle("POST /rooms/{room}/messages", rooms)
	server.Handle("GET /rooms/{room}/messages", rooms)
	server.Handle("GET /rooms/{room}/live", rooms)
	server.Handle("GET /rooms/{room}", actors.Func(func(r *actors.Request) *actors.Response { return r.HTML(200, page) }))
	return server
}

func main() { log.Fatal(newServer().ListenAndServe("127.0.0.1:8080")) }
