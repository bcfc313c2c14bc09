package transport

import (
	"net"
	"os"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// A preparation is what comes before the first octets that can be taken: the header of a proxy, the TLS handshake. A
// goroutine does it. It starts with the first octets of the client, so a silent client has none.
type preparation struct {
	steps   func() error
	ended   func(error) // called by the goroutine at its end
	started atomic.Bool
	events  chan struct{} // an event of the descriptor

	mu     sync.Mutex    // held while the descriptor is used or closed
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

// happened handles an event of the poller.
func (p *preparation) happened() {
	select {
	case p.events <- struct{}{}:
	default:
	}
}

// use calls do until it need not wait. The error is net.ErrClosed when the connection has closed the descriptor, and
// os.ErrDeadlineExceeded after the deadline, if that is not zero.
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

// close closes the descriptor while the goroutine does not use it, and ends the goroutine's waiting.
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
