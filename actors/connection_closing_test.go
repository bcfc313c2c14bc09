package actors

import (
	"strings"
	"testing"
)

// lastOf has a client send on and on after the last response.
func lastOf(k *kit) *loneConnection {
	c := k.connection()
	c.send("GET / HTTP/1.0\r\n\r\n")
	c.tell(want[*Request](c.router, "the request").Status(204))
	c.want("the answer", "HTTP/1.1 204")
	c.send(strings.Repeat("x", 2*discardLimit))
	return c
}

func (c *loneConnection) wantLingering(why string, n int32) {
	c.k.t.Helper()
	if got := c.env.lingering.Load(); got != n {
		c.k.t.Errorf("%s: want %d that linger, got %d", why, n, got)
	}
}

// A lingering connection is counted once, also after a crash.
func TestALingeringConnectionCountsOnce(t *testing.T) {
	bubble(t, func(k *kit) {
		c := lastOf(k)
		c.wantLingering("its client sends on", 1)
		c.crash()
		c.wantLingering("it lingers after a crash as well", 1)
		c.parent.wantNone("closing now would reset the connection")
		k.wait(lingerTimeout)
		c.wantStopped("nobody has to listen for ever")
		c.wantLingering("it has left", 0)
	})
}

func TestThereIsABoundOfAllThatLinger(t *testing.T) {
	bubble(t, func(k *kit) {
		c := k.connection()
		c.env.lingering.Store(mostLingering)
		c.send("GET / HTTP/1.0\r\n\r\n")
		c.tell(want[*Request](c.router, "the request").Status(204))
		c.want("the answer", "HTTP/1.1 204")
		c.send(strings.Repeat("x", discardLimit))
		c.parent.wantNone("it reads on, and so is none of them")
		c.send("xx")
		c.wantStopped("there are enough")
		c.wantLingering("it has not counted", mostLingering)
	})
}

// A connection that is stopped from outside keeps its socket only if its client may still send.
func TestAStoppedConnectionLeavesItsSocketBehindForItsAnswer(t *testing.T) {
	bubble(t, func(k *kit) {
		for name, test := range map[string]struct {
			octets string
			stays  int32
		}{
			"half a content":  {post + "Content-Length: 10\r\n\r\nhello", 1},
			"a whole request": {get, 0},
		} {
			c := k.connection()
			c.send(test.octets)
			want[*Request](c.router, "the request")
			c.env.system.Root.Stop(c.pid)
			c.want(name, "HTTP/1.1 503")
			c.wantClosed("nothing more is said")
			c.wantStopped("its actor does not wait")
			c.wantLingering(name, test.stays)
			if test.stays > 0 {
				c.send("hello") // waits for nobody to take it
			}
			k.wait(lingerTimeout)
			c.wantLingering("the time is over", 0)
			if _, err := c.conn.Write([]byte("x")); err == nil {
				t.Errorf("%s: want the socket closed", name)
			}
		}
	})
	bubble(t, func(k *kit) {
		c := k.connection()
		c.env.lingering.Store(mostLingering)
		c.send(post + "Content-Length: 10\r\n\r\nhello")
		want[*Request](c.router, "the request")
		c.env.system.Root.Stop(c.pid)
		c.want("it is stopped", "HTTP/1.1 503")
		c.wantLingering("there are enough", mostLingering)
		if _, err := c.conn.Write([]byte("x")); err == nil {
			t.Error("want the socket closed")
		}
	})
}

// The octets that one exchange has discarded do not count for the next.
func TestWhatWasDiscardedBeforeDoesNotCount(t *testing.T) {
	bubble(t, func(k *kit) {
		c := k.connection()
		c.send(post + chunked + "\r\n")
		c.tell(want[*Request](c.router, "the head").Text(404, "no"))
		c.want("the answer", "HTTP/1.1 404")
		c.send(strings.Repeat("3e8\r\n"+strings.Repeat("x", 1000)+"\r\n", discardLimit/1000))
		c.send("0\r\n\r\n") // not much less than the limit
		c.send("GET / HTTP/1.0\r\n\r\n")
		c.tell(want[*Request](c.router, "the next").Status(204))
		c.want("the answer", "HTTP/1.1 204")
		c.send(strings.Repeat("x", 1000))
		c.end()
		c.wantStopped("it waits for the end of the client's side")
	})
}
