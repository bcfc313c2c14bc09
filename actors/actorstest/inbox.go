package actorstest

import (
	"sync"
	"time"
)

// An inbox keeps what comes until the test takes it.
type inbox[M any] struct {
	mu     sync.Mutex
	all    []M
	closed error         // nothing comes after all
	came   chan struct{} // has a value while something may be new
}

func newInbox[M any]() *inbox[M] { return &inbox[M]{came: make(chan struct{}, 1)} }

func (i *inbox[M]) put(message M) { i.change(func() { i.all = append(i.all, message) }) }

func (i *inbox[M]) close(why error) { i.change(func() { i.closed = why }) }

func (i *inbox[M]) change(do func()) {
	i.mu.Lock()
	do()
	i.mu.Unlock()
	select {
	case i.came <- struct{}{}:
	default:
	}
}

// take returns the next one, or why none will come; errLate if none comes until late.
func (i *inbox[M]) take(late <-chan time.Time) (message M, err error) {
	for {
		i.mu.Lock()
		if len(i.all) > 0 {
			message, i.all = i.all[0], i.all[1:]
			i.mu.Unlock()
			return message, nil
		}
		err := i.closed
		i.mu.Unlock()
		if err != nil {
			return message, err
		}
		select {
		case <-i.came:
		case <-late:
			return message, errLate
		}
	}
}
