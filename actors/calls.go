package actors

import "sync"

// calls are the calls of Server.Do in progress.
type calls struct {
	mu  sync.Mutex
	all map[*call]struct{}
}

func (c *calls) add(added *call) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.all == nil {
		c.all = make(map[*call]struct{})
	}
	c.all[added] = struct{}{}
}

func (c *calls) remove(ended *call) (left int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.all, ended)
	return len(c.all)
}

func (c *calls) number() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.all)
}

// pass passes a command on to all calls.
func (c *calls) pass(command any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for one := range c.all {
		one.SendUserMessage(nil, command)
	}
}
