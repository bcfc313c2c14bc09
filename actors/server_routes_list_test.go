package actors

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/asynkron/protoactor-go/actor"
)

func refuseAll(*Request) *Response { return nil }

func TestRoutesAreListed(t *testing.T) {
	bubble(t, func(k *kit) {
		produce := func() actor.Actor { return &book{life: &lives{}} }
		k.serve("POST /b", Pool(2, produce, Named("bees")), MaxBody(7), HandlerTimeout(time.Second), Vital(), Quiet())
		k.serve("GET /b", One(produce), StreamBody())
		k.serve("/a/{key}", PerKey("key", produce), Before(refuseAll), After(func(*Request, *Response) {}))
		want := []string{
			"/a/{key} |/a/{key}| PerKey key [actors.refuseAll] [actors.TestRoutesAreListed.func1.2] false false false 8388608 30s",
			"GET /b |GET /b| One  [] [] true false false 9223372036854775807 30s",
			"POST /b |bees| Pool  [] [] false true true 7 1s",
		}
		for i, r := range k.server.Routes() {
			got := fmt.Sprint(r.Pattern, " |", r.Handler, "| ", r.Placement, " ", r.Key, " ", r.Before, " ", r.After, " ", r.StreamBody, " ", r.Vital, " ", r.Quiet, " ", r.MaxBody, " ", r.Timeout)
			if got != want[i] {
				t.Errorf("got  %s\nwant %s", got, want[i])
			}
			if r.Source == "" {
				t.Error("no source")
			}
		}
	})
}

func TestQuietRoutesAreNotLogged(t *testing.T) {
	bubble(t, func(k *kit) {
		k.start()
		k.serve("/quiet", answering(func(r *Request) *Response {
			if r.Query().Has("fail") {
				panic("asked to")
			}
			return r.Status(404)
		}), Quiet())
		k.serve("/loud", answering(func(r *Request) *Response { return r.Status(404) }))
		for _, target := range []string{"/quiet", "/quiet?fail", "/loud"} {
			k.server.Do(context.Background(), NewRequest("GET", target, nil))
		}
		k.wait(0)
		if k.log.count(" exchange ", "/quiet") != 1 || k.log.count(" exchange ", "/loud") != 1 || k.log.count(" exchange ", "status=500") != 1 {
			t.Error(k.log.written())
		}
	})
}
