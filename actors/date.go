package actors

import (
	"sync/atomic"
	"time"
)

// A dateCache formats the time once a second (RFC 9110 §6.6.1).
type dateCache struct{ last atomic.Pointer[datedSecond] }

type datedSecond struct {
	ends instant
	text string
}

// IMF-fixdate (RFC 9110 §5.6.7)
const httpDate = "Mon, 02 Jan 2006 15:04:05 GMT"

// at is the date at an instant that is not long ago.
func (c *dateCache) at(now instant) string {
	if last := c.last.Load(); last != nil && now < last.ends {
		return last.text
	}
	date := time.Now()
	text := date.UTC().Format(httpDate)
	c.last.Store(&datedSecond{after(now, time.Second-time.Duration(date.Nanosecond())), text})
	return text
}
