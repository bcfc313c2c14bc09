package actors

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/asynkron/protoactor-go/actor"
)

func TestEventsAsClientsReadThem(t *testing.T) {
	for _, test := range []struct {
		event Event
		want  string
	}{
		{Event{}, "data: \n\n"},
		{Event{Data: "a"}, "data: a\n\n"},
		{Event{Data: "a\n"}, "data: a\ndata: \n\n"},
		{Event{Data: "a\r\nb\rc\n\nd"}, "data: a\ndata: b\ndata: c\ndata: \ndata: d\n\n"},
		{Event{Data: " a: b", Type: "t", ID: "7", Key: "k"}, "id: 7\nevent: t\ndata:  a: b\n\n"},
		{Event{Type: "t\r\ndata: x", ID: "7\n8\x00"}, "id: 7 8 \nevent: t  data: x\ndata: \n\n"},
	} {
		if got := string(test.event.appendTo(nil)); got != test.want {
			t.Errorf("%+v: %q, want %q", test.event, got, test.want)
		}
	}
	if event, err := JSONEvent("t", []int{1}); err != nil || event != (Event{Type: "t", Data: "[1]"}) {
		t.Error(event, err)
	}
	if _, err := JSONEvent("t", func() {}); err == nil {
		t.Error("no error")
	}
}

// A channel is an actor with a topic. It publishes what is posted.
type channel struct {
	options TopicOptions
	topic   *Topic
	heard   *[]string // what it was told of its subscribers
}

func (c *channel) Receive(ctx actor.Context) {
	switch message := ctx.Message().(type) {
	case *actor.Started:
		c.topic = TopicOf(ctx, c.options)
	case *Subscribed:
		*c.heard = append(*c.heard, "came "+message.Subscriber.Request().Query().Get("name"))
	case *Unsubscribed:
		*c.heard = append(*c.heard, "left "+message.Subscriber.Request().Query().Get("name"))
	case *Request:
		switch message.Query().Get("do") {
		case "crash":
			panic("asked to")
		case "forget":
			message.Events(c.topic)
			ctx.Respond(message.Status(204))
			return
		case "send":
			for _, s := range c.topic.Subscribers() {
				s.Send(Event{Data: "only " + s.Request().Query().Get("name")})
			}
		case "end":
			for _, s := range c.topic.Subscribers() {
				s.End()
			}
		}
		if message.Method() == "POST" {
			c.topic.Publish(Event{Data: string(message.Body), Key: message.Query().Get("key")})
			ctx.Respond(message.Text(200, fmt.Sprint(len(c.topic.Subscribers()), " ", c.topic.Dropped())))
			return
		}
		ctx.Respond(message.Events(c.topic, Event{Type: "state", Data: "now"}))
	}
}

func (k *kit) serveChannel(options TopicOptions, handler ...HandlerOption) (heard *[]string) {
	heard = new([]string)
	of := PerKey("room", func() actor.Actor { return &channel{options: options, heard: heard} }, handler...)
	k.serve("GET /{room}", of)
	k.serve("POST /{room}", of)
	return heard
}

func (k *kit) post(target, body string) string {
	k.t.Helper()
	return k.do(NewRequest("POST", target, []byte(body)))
}

// An eventPeer is a client that listens to a stream of events.
type eventPeer struct{ *peer }

func (k *kit) listen(target string, fields ...string) *eventPeer {
	k.t.Helper()
	l := &eventPeer{k.dial()}
	l.send("GET " + target + " HTTP/1.1\r\nHost: h\r\n" + strings.Join(append(fields, ""), "\r\n") + "\r\n")
	l.wantHead("a stream", "HTTP/1.1 200", "\r\nContent-Type: text/event-stream\r\n", "\r\nCache-Control: no-store\r\n", "\r\nX-Accel-Buffering: no\r\n")
	return l
}

// hears wants these events since the last time, without the topic's name in their ids; ⏎ stands for a line feed.
func (l *eventPeer) hears(why, want string) {
	l.k.t.Helper()
	l.k.wait(0)
	if got := l.heard(); got != want {
		l.k.t.Errorf("%s:\ngot  %s\nwant %s", why, got, want)
	}
}

func (l *eventPeer) heard() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	var text strings.Builder
	for rest := string(l.in); rest != ""; {
		size, more, _ := strings.Cut(rest, "\r\n")
		var n int
		fmt.Sscanf(size, "%x", &n)
		text.WriteString(more[:n])
		rest = more[n+2:]
	}
	l.in = nil
	got := text.String()
	for _, part := range strings.Split(got, "id: ")[1:] {
		run, _, _ := strings.Cut(part, "-")
		got = strings.ReplaceAll(got, "id: "+run+"-", "id: ")
	}
	return strings.ReplaceAll(got, "\n", "⏎")
}

func TestSubscribersGetWhatIsPublished(t *testing.T) {
	bubble(t, func(k *kit) {
		k.serveChannel(TopicOptions{})
		red, blue := k.listen("/red"), k.listen("/blue")
		const hello = "retry: 2000⏎⏎event: state⏎data: now⏎⏎id: 0⏎⏎"
		red.hears("the first events", hello)
		blue.hears("the first events", hello)
		if got := k.post("/red", "one"); got != "200 1 0" {
			t.Error(got)
		}
		k.post("/red", "two\nlines")
		red.hears("two events", "id: 1⏎data: one⏎⏎id: 2⏎data: two⏎data: lines⏎⏎")
		blue.hears("another topic", "")
		k.wait(15 * time.Second)
		red.hears("a sign of life", ":⏎⏎")
		k.wait(10 * time.Second)
		k.post("/red", "three")
		k.wait(14 * time.Second)
		red.hears("silence counts from the last event", "id: 3⏎data: three⏎⏎")
		k.wait(time.Second)
		red.hears("a sign of life", ":⏎⏎")
		k.do(NewRequest("POST", "/red?do=send", nil))
		red.hears("an event for one", "data: only ⏎⏎id: 4⏎data: ⏎⏎")
		k.do(NewRequest("POST", "/red?do=end", nil))
		red.hears("the end", "")
		red.wantEnd("after it was ended")
		if got := k.post("/red", "x"); got != "200 0 0" {
			t.Error(got)
		}
		head := k.dial()
		head.send("HEAD /red HTTP/1.1\r\nHost: h\r\n\r\n")
		head.wantHead("a head", "HTTP/1.1 200", "text/event-stream")
		head.wantIdle("no content")
		old := k.dial()
		old.send("GET /red HTTP/1.0\r\n\r\n")
		k.post("/red", "old")
		k.wait(0)
		if old.mu.Lock(); !strings.Contains(string(old.in), "data: old\n\n") || strings.Contains(string(old.in), "chunked") {
			t.Errorf("%q", old.in)
		}
		old.mu.Unlock()
		old.conn.Close()
		k.wait(15 * time.Second)
		if got := k.post("/red", "x"); got != "200 0 0" {
			t.Error("a client that has left is still subscribed: ", got)
		}
	})
}

// wantEnd wants the stream to have ended well.
func (l *eventPeer) wantEnd(why string) {
	l.k.t.Helper()
	l.send(ask("GET", "/none/none"))
	l.want(why, "HTTP/1.1 404")
}

func TestClientsThatComeBack(t *testing.T) {
	bubble(t, func(k *kit) {
		k.serveChannel(TopicOptions{Replay: 3})
		first := k.listen("/red")
		for n := range 5 {
			k.post("/red", fmt.Sprint(n+1))
		}
		k.wait(0)
		first.mu.Lock()
		_, run, _ := strings.Cut(string(first.in), "id: ")
		first.mu.Unlock()
		run, _, _ = strings.Cut(run, "-")
		const three, four, five = "id: 3⏎data: 3⏎⏎", "id: 4⏎data: 4⏎⏎", "id: 5⏎data: 5⏎⏎"
		const resync = "event: resync⏎data: ⏎⏎event: state⏎data: now⏎⏎id: 5⏎⏎"
		for last, want := range map[string]string{
			run + "-5": "", run + "-4": five, run + "-3": four + five, run + "-2": three + four + five,
			run + "-1": resync, run + "-0": resync, run + "-6": resync, "other-5": resync, "x": resync,
			"": strings.TrimPrefix(resync, "event: resync⏎data: ⏎⏎"),
		} {
			k.listen("/red", "Last-Event-ID: "+last).hears("after "+last, "retry: 2000⏎⏎"+want)
			k.listen("/red?lastEventId="+last).hears("after "+last+" by the query", "retry: 2000⏎⏎"+want)
		}
		fresh := k.listen("/blue")
		k.post("/blue", "1")
		fresh.hears("a new topic", "retry: 2000⏎⏎event: state⏎data: now⏎⏎id: 0⏎⏎id: 1⏎data: 1⏎⏎")
	})
}

// Nobody else waits for a client that reads slowly.
func TestSlowClientsLoseEventsByPolicy(t *testing.T) {
	for policy, want := range map[Overflow]string{
		DropOldest: "id: 6⏎data: 6⏎⏎id: 7⏎data: 7⏎⏎id: 8⏎data: 8⏎⏎",
		DropNewest: "id: 3⏎data: 3⏎⏎id: 4⏎data: 4⏎⏎id: 5⏎data: 5⏎⏎",
		Coalesce:   "id: 6⏎data: 6⏎⏎id: 7⏎data: 7⏎⏎id: 8⏎data: 8⏎⏎",
		Disconnect: "",
	} {
		bubble(t, func(k *kit) {
			k.serveChannel(TopicOptions{Outbox: 3, Overflow: policy})
			slow, quick := k.listen("/red"), k.listen("/red")
			slow.heard()
			goOn := slow.stall()
			for _, size := range []int{10, 400 << 10} { // the second is more than the socket takes
				k.post("/red", strings.Repeat("x", size))
			}
			k.wait(0)
			quick.heard()
			for n := range 6 {
				k.post("/red", fmt.Sprint(n+3))
			}
			k.wait(0)
			quick.hears("the quick one", "id: 3⏎data: 3⏎⏎id: 4⏎data: 4⏎⏎id: 5⏎data: 5⏎⏎id: 6⏎data: 6⏎⏎id: 7⏎data: 7⏎⏎id: 8⏎data: 8⏎⏎")
			goOn()
			k.wait(0)
			got := slow.heard()
			if _, after, _ := strings.Cut(got, "xx⏎⏎id: 3"); policy == DropNewest {
				got = "id: 3" + after
			} else if _, after, found := strings.Cut(got, "xx⏎⏎id: 6"); found {
				got = "id: 6" + after
			} else {
				got = ""
			}
			if got != want {
				t.Errorf("%d: got %.300s\nwant %s", policy, got, want)
			}
			if policy == Disconnect {
				slow.wantEnd("it comes back later")
			}
		})
	}
	bubble(t, func(k *kit) { // later values take the place of earlier ones
		k.serveChannel(TopicOptions{Overflow: Coalesce})
		slow := k.listen("/red")
		slow.heard()
		goOn := slow.stall()
		k.post("/red", "first")
		k.post("/red", strings.Repeat("x", 400<<10))
		for n := range 6 {
			k.post(fmt.Sprintf("/red?key=%d", n%2), fmt.Sprint(n+3))
		}
		goOn()
		k.wait(0)
		if got := slow.heard(); !strings.HasSuffix(got, "xx⏎⏎id: 7⏎data: 7⏎⏎id: 8⏎data: 8⏎⏎") {
			t.Errorf("%.50s … %s", got, got[max(0, len(got)-100):])
		}
	})
}

func TestSubscribersOutliveTheActor(t *testing.T) {
	bubble(t, func(k *kit) {
		heard := k.serveChannel(TopicOptions{Announce: true}, IdleAfter(time.Minute))
		told := func(why, want string) {
			t.Helper()
			k.wait(0)
			if got := strings.Join(*heard, ", "); got != want {
				t.Errorf("%s: the actor was told %q, want %q", why, got, want)
			}
			*heard = nil
		}
		ann := k.listen("/red?name=ann")
		ann.heard()
		told("the first", "came ann")
		k.do(NewRequest("GET", "/red?do=crash", nil))
		told("the next incarnation", "came ann")
		k.post("/red", "after the crash")
		ann.hears("an event of the next incarnation", "id: 1⏎data: after the crash⏎⏎")
		k.wait(2 * time.Minute)
		told("it has idled out", "")
		ann.heard()
		k.post("/red", "after it was idle")
		told("the next actor with the key", "came ann")
		ann.hears("an event of the next actor", "id: 2⏎data: after it was idle⏎⏎")
		bob := k.listen("/red?name=bob")
		told("a second one", "came bob")
		bob.conn.Close()
		k.wait(16 * time.Second)
		told("the second has left", "left bob")
		k.do(NewRequest("GET", "/red?do=forget&name=eve", nil))
		k.post("/red", "x")
		told("one whose response was not sent", "came eve, left eve")
		for range 200 {
			k.do(NewRequest("GET", "/red?do=forget&name=x", nil))
		}
		if n := len(k.server.env.topics.all["server/router/GET %2F{room}/red"].subscribers); n > 130 {
			t.Errorf("%d subscribers are kept whose response was never sent", n)
		}
		ann.conn.Close()
		k.wait(5 * time.Minute)
		if n := len(k.server.env.topics.all); n != 0 {
			t.Errorf("%d topics are left of an actor that has stopped", n)
		}
	})
}

func TestEventsEndWhenTheServerDrains(t *testing.T) {
	bubble(t, func(k *kit) {
		k.serveChannel(TopicOptions{Retry: time.Second})
		red := k.listen("/red")
		red.heard()
		var called error
		go func() { _, called = k.server.Do(context.Background(), NewRequest("GET", "/red", nil)) }()
		k.wait(0)
		slow := k.listen("/red")
		slow.heard()
		goOn := slow.stall()
		k.post("/red", strings.Repeat("x", 400<<10))
		k.post("/red", "last")
		ended := k.shutdown(context.Background())
		k.wait(time.Second)
		goOn()
		k.wait(time.Second)
		if got := slow.heard(); !strings.Contains(got, "xx⏎⏎id: 2⏎data: last⏎⏎retry: ") {
			t.Errorf("what waited is lost: %s", got[max(0, len(got)-100):])
		}
		got := red.heard()
		if _, after, _ := strings.Cut(got, "data: last⏎⏎"); after != "" {
			got = after
		}
		var retry int
		fmt.Sscanf(got, "retry: %d⏎⏎", &retry)
		if retry < 1000 || retry > 5000 {
			t.Errorf("%q", got)
		}
		if err := <-ended; err != nil || called != nil {
			t.Error(err, called)
		}
	})
}
