package actors_test

import (
	"bufio"
	"fmt"
	"log"
	"net/http"
	"strings"
	"time"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/troupe-go/troupe/actors"
)

// listen prints the data of so many events of a server.
func listen(server *actors.Server, path string, events int, then func()) {
	on, err := actors.Listen("127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	if _, err := server.Start(on); err != nil {
		log.Fatal(err)
	}
	response, err := http.Get("http://" + on.Addr().String() + path)
	if err != nil {
		log.Fatal(err)
	}
	defer http.DefaultClient.CloseIdleConnections()
	defer response.Body.Close()
	then()
	for lines := bufio.NewScanner(response.Body); events > 0 && lines.Scan(); {
		if strings.HasPrefix(lines.Text(), "data") {
			fmt.Println(lines.Text())
			events--
		}
	}
}

// A channel publishes what is posted.
type channel struct {
	live *actors.Topic
	left int // how many have left
}

func (c *channel) Receive(ctx actor.Context) {
	switch message := ctx.Message().(type) {
	case *actor.Started:
		c.live = actors.TopicOf(ctx, actors.TopicOptions{Announce: true})
	case *actors.Subscribed:
		message.Subscriber.Send(actors.Event{Data: "only for " + message.Subscriber.Request().Query().Get("name")})
	case *actors.Unsubscribed:
		c.left++
	case *actors.Request:
		if message.Method() == "POST" {
			c.live.Publish(actors.Event{Data: string(message.Body)})
			ctx.Respond(message.Status(204))
			return
		}
		ctx.Respond(message.Events(c.live, actors.Event{Data: "first"}))
	}
}

func ExampleTopicOf() {
	server := actors.NewServer(quiet)
	defer server.Close()
	channels := actors.PerKey("name", func() actor.Actor { return &channel{} })
	server.Handle("GET /channels/{name}", channels)
	server.Handle("POST /channels/{name}", channels)

	listen(server, "/channels/red?name=Ada", 3, func() { ask(server, "POST", "/channels/red", "hello") })
	// Output:
	// 204
	// data: first
	// data: only for Ada
	// data: hello
}

func ExampleNewTopic() {
	news := actors.NewTopic(actors.TopicOptions{Replay: 10, Overflow: actors.Disconnect, Heartbeat: 30 * time.Second})
	server := serveFunc("GET /news", func(r *actors.Request) *actors.Response {
		return r.Events(news, actors.Event{Data: "welcome"})
	})
	defer server.Close()

	listen(server, "/news", 2, func() {
		news.Publish(actors.Event{Data: "tea\nis ready"}) // from any goroutine
		fmt.Println(len(news.Subscribers()), news.Dropped())
	})
	// Output:
	// 1 0
	// data: welcome
	// data: tea
}

func ExampleJSONEvent() {
	event, err := actors.JSONEvent("price", map[string]int{"tea": 3})
	fmt.Println(event.Type, event.Data, err)
	// Output: price {"tea":3} <nil>
}

func ExampleSubscriber_End() {
	topic := actors.NewTopic(actors.TopicOptions{})
	server := serveFunc("GET /live", func(r *actors.Request) *actors.Response { return r.Events(topic) })
	defer server.Close()

	listen(server, "/live", 2, func() {
		topic.Publish(actors.Event{Data: "the last"})
		for _, subscriber := range topic.Subscribers() {
			fmt.Println(subscriber.Request().LastEventID() == "", subscriber.Topic() == topic)
			subscriber.End() // after what waits for it
		}
	})
	// Output:
	// true true
	// data: the last
}
