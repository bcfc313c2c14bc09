package actors

import (
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/asynkron/protoactor-go/actor"
)

// How a connection that collects content meets with others that need room.

// collects makes the connection collect content of a certain length, of which a part has come.
func (c *loneConnection) collects(announced, come int) {
	c.k.t.Helper()
	c.env.content.limit = 100 * kib
	c.takesContent()
	c.upload("/", announced)
	c.part(come)
}

// otherWaits makes another upload wait for room, and asks the connection to give way to it.
func (c *loneConnection) otherWaits() (asked *upload, other *probe) {
	c.k.t.Helper()
	other = c.k.probe(c.env, "other", nil)
	c.k.wait(2 * time.Second)
	uploads := &c.env.content.uploads
	newcomer := uploads.begin(other.pid, c.env.clock())
	uploads.await(newcomer)
	asked, _ = uploads.makeRoom(newcomer, c.env.clock())
	if asked == nil || !asked.connection.Equal(c.pid) {
		c.k.t.Fatal("want the connection asked to give way")
	}
	return asked, other
}

// An upload may end just when it is asked to give way: those that wait for its room ask another.
func TestAnUploadThatEndsInsteadOfGivingWay(t *testing.T) {
	bubble(t, func(k *kit) {
		c := k.connection()
		c.collects(40*kib, 20*kib)
		asked, other := c.otherWaits()
		c.part(20 * kib)
		want[*Request](c.router, "it is whole")
		want[*roomMade](other, "there will be no room of that one")
		c.tell(&giveWay{upload: asked})
		c.wantIdle("it has nothing to give any more")
	})
}

// Room is made before the upload that gave way is removed. Otherwise a connection that looks for room in between
// would make another upload give way.
func TestRoomIsMadeBeforeAnUploadIsGone(t *testing.T) {
	bubble(t, func(k *kit) {
		c := k.connection()
		c.collects(40*kib, 20*kib)
		asked, _ := c.otherWaits()
		told, there := 0, false
		c.env.content.tell = func(*actor.PID) {
			uploads := &c.env.content.uploads
			uploads.mu.Lock()
			defer uploads.mu.Unlock()
			told++
			there = uploads.leaving == asked
		}
		c.tell(&giveWay{upload: asked})
		c.want("it gives way", "HTTP/1.1 408")
		if told != 1 || !there {
			t.Errorf("want the other told once, while the upload is known to leave, got %d times (%v)", told, there)
		}
	})
}

// Room may be made just before a connection is registered as waiting for it.
func TestRoomThatIsMadeMeanwhileIsFound(t *testing.T) {
	bubble(t, func(k *kit) {
		c := k.connection()
		content := &c.env.content
		c.collects(40*kib, 1)
		content.held.Add(80 * kib) // of others
		content.uploads.mu.Lock()  // so that it is held up before it can say that it waits
		c.outgoing <- []byte(strings.Repeat("x", 40*kib-1))
		for stacks := make([]byte, 1<<20); !strings.Contains(string(stacks[:runtime.Stack(stacks, true)]), "(*uploads).await"); {
			runtime.Gosched()
		}
		content.release(80 * kib)
		content.uploads.mu.Unlock()
		want[*Request](c.router, "there is room")
	})
}
