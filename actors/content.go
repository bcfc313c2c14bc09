package actors

import "sync/atomic"

// A content counts the octets of request content that the server holds, of all connections together.
type content struct {
	limit int64 // below 0 for none
	held  atomic.Int64
}

// reserve raises what a connection has reserved to so many octets. It is false if the server has no
// room for them.
func (c *content) reserve(reserved *int64, octets int) bool {
	more := int64(octets) - *reserved
	if c.limit < 0 || more <= 0 {
		return true
	}
	if c.held.Add(more) > c.limit {
		c.held.Add(-more)
		return false
	}
	*reserved += more
	return true
}

// release gives back what a connection has reserved.
func (c *content) release(reserved *int64) {
	if *reserved > 0 {
		c.held.Add(-*reserved)
		*reserved = 0
	}
}
