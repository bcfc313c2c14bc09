package actors

import (
	"sync/atomic"
	"time"
)

// A dateCache formats the time once a second (RFC 9110 §6.6.1).
type dateCache struct{ last atomic.Pointer[datedSecond] }

type datedSecond struct {
	second int64
	text   string
}

// IMF-fixdate (RFC 9110 §5.6.7)
const httpDate = "Mon, 02 Jan 2006 15:04:05 GMT"

func (c *dateCache) at(now time.Time) string {
	second := now.Unix()
	if last := c.last.Load(); last != nil && last.second == second {
		return last.text
	}
	text := now.UTC().Format(httpDate)
	c.last.Store(&datedSecond{second, text})
	return text
}
