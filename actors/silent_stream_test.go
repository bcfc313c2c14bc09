package actors

import (
	"testing"
	"time"
)

// wantNoBuffer wants the connection to hold no buffer for what it writes.
func (c *loneConnection) wantNoBuffer(why string) {
	c.k.t.Helper()
	if c.incarnation().out.buffer != nil {
		c.k.t.Errorf("%s: want no buffer held", why)
	}
}

// A stream may be silent for hours, and there may be many.
func TestASilentStreamHoldsNoBuffer(t *testing.T) {
	bubble(t, func(k *kit) {
		c := k.connection()
		s := c.streams(get, plain)
		c.wantNoBuffer("its source has said nothing")
		k.wait(time.Hour)
		for range 3 {
			s.give("it says something", "piece")
			c.wantOctets("the piece", "5\r\npiece\r\n")
			c.wantNoBuffer("it is silent again")
			k.wait(time.Hour)
		}
		s.end("it ends")
		c.wantOctets("the end", "0\r\n\r\n")
		c.wantNoBuffer("the connection waits for the next request")
		c.send(get)
		c.tell(want[*Request](c.router, "the next").Text(200, "after that"))
		c.want("the connection goes on", "HTTP/1.1 200", "after that")
	})
}

// A stream holds a piece that the client does not take, and nothing else.
func TestAStreamHoldsWhatItsClientHasToTake(t *testing.T) {
	bubble(t, func(k *kit) {
		c := k.connection()
		s := c.streams(get, plain)
		goOn := c.stall()
		s.give("the client takes this", "first")
		s.give("and this not yet", "second")
		s.wantNoDemand("the second piece waits")
		goOn()
		c.wantOctets("both", "5\r\nfirst\r\n6\r\nsecond\r\n")
		c.wantNoBuffer("all was taken")
	})
}
