package main

import (
	"time"

	"github.com/troupe-go/troupe/actors"
	"github.com/troupe-go/troupe/actors/handlers"
)

// The work that every server does under overload. It takes its time without using the processor, as
// a handler does that asks a database, and only one request can be at it: it is about state.
const (
	workPath = "/work"
	workTime = 2 * time.Millisecond
)

// health is what every server answers to GET /health.
const health = "well\n"

// workWait is how long a request may have to wait for the work of Troupe, by its own measure.
const workWait = 100 * time.Millisecond

func answerHealth(r *actors.Request) *actors.Response { return r.Text(200, health) }

func answerWork(r *actors.Request) *actors.Response {
	time.Sleep(workTime)
	return r.Text(200, greeting)
}

func handleHealth(server *actors.Server) {
	server.Handle("GET "+healthPath, handlers.Func(answerHealth), actors.Vital())
}
