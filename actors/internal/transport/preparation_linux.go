package transport

import (
	"net"
	"os"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// A preparation is what comes before the first octets that can be taken: the header of a proxy, the
// handshake of TLS. A goroutine does it, from the first octets that the client sends: one that is silent has none.
type preparation struct {
	steps   func() error
	ended   func(error) // called by the goroutine at its end
	started atomic.Bool
	events  chan struct{} // something happened to the descriptor

	mu     sync.Mutex    // held to use the descriptor, and to close it
	closed chan struct{} // by the connection
}

func newPreparation(steps func() error, ended func(error)) *preparation {
	return &preparation{steps: steps, ended: ended, events: make(chan struct{}, 1), closed: make(chan struct{})}
}

// begin starts the goroutine, once.
func (p *preparation) begin() {
	if !p.started.Swap(true) {
		go p.run()
	}
}

func (p *preparation) run() {
	err := errUnfinished
	defer func() { p.ended(err) }()
	err = p.steps()
}

// happened is called by the poller.
func (p *preparation) happened() {
	select {
	case p.events <- struct{}{}:
	default:
	}
}

// use does something with the descriptor as soon as that need not wait. The error is net.ErrClosed when
// the connection has closed it, and os.ErrDeadlineExceeded after a deadline that is not zero.
func (p *preparation) use(deadline time.Time, do func() (int, error)) (int, error) {
	for {
		n, err := p.useNow(do)
		if err != syscall.EAGAIN {
			return n, err
		}
		if err := p.await(deadline); err != nil {
			return 0, err
		}
	}
}

func (p *preparation) useNow(do func() (int, error)) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	select {
	case <-p.closed:
		return 0, net.ErrClosed
	default:
		return do()
	}
}

// await waits for an event.
func (p *preparation) await(deadline time.Time) error {
	var expired <-chan time.Time
	if !deadline.IsZero() {
		timer := time.NewTimer(time.Until(deadline))
		defer timer.Stop()
		expired = timer.C
	}
	select {
	case <-p.events:
		return nil
	case <-p.closed:
		return net.ErrClosed
	case <-expired:
		return os.ErrDeadlineExceeded
	}
}

// close closes the descriptor when the goroutine is not about to use it, and ends its waiting.
func (p *preparation) close(descriptor func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	select {
	case <-p.closed:
	default:
		close(p.closed)
		descriptor()
	}
}
