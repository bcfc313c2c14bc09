package main

import (
	"cmp"
	"context"
	"fmt"
	"net"
	"sync"
	"time"

	"github.com/troupe-go/troupe/actors"
)

// A service is a server with its listeners.
type service struct {
	server *actors.Server
	on     []net.Listener
	secure bool
	keyPair
}

// services are all servers of the program: that of the command, and perhaps one that redirects to it.
type services []service

// servicesOf returns the services for a server.
func servicesOf(server *actors.Server, on listeners, o options, certs *certificates) services {
	all := services{{server, on.all, o.secure(), o.keyPair}}
	if on.redirect != nil {
		port, _ := on.port()
		all = append(all, service{server: newRedirect(o.config, port, certs), on: []net.Listener{on.redirect}})
	}
	return all
}

func (all services) close() {
	for _, s := range all {
		closeAll(s.on)
	}
}

// run serves until a signal comes or a listener fails, and then drains.
func (all services) run(timeout time.Duration, signals *signals) error {
	select {
	case err := <-all.serve():
		all.shutdown(timeout, signals) // the other listeners finish what has begun
		return err
	case first := <-signals.came:
		signals.begin(first, timeout)
		return all.shutdown(timeout, signals)
	}
}

// serve begins to serve on all listeners. Whenever one of them is not served any more, the error comes from the
// channel.
func (all services) serve() <-chan error {
	number := 0
	for _, s := range all {
		number += len(s.on)
	}
	served := make(chan error, number)
	for _, s := range all {
		for _, on := range s.on { // in order, so that the names are right
			wait, err := s.start(on)
			if err != nil {
				served <- err
				return served
			}
			go func() { served <- wait() }()
		}
	}
	return served
}

func (s *service) start(on net.Listener) (wait func() error, err error) {
	if s.secure {
		return s.server.StartTLS(on, s.tlsCert, s.tlsKey)
	}
	return s.server.Start(on)
}

// shutdown drains all servers at the same time. A second signal, or the deadline, ends it with an error.
func (all services) shutdown(timeout time.Duration, signals *signals) error {
	late := fmt.Errorf("--drain-timeout %v is over", timeout)
	ctx, cancel := context.WithTimeoutCause(context.Background(), timeout, late)
	defer cancel()
	ctx, hurry := context.WithCancelCause(ctx)
	go func() { hurry(signals.hurry()) }()
	errs := make([]error, len(all))
	var ended sync.WaitGroup
	for i, s := range all {
		ended.Go(func() { errs[i] = s.server.Shutdown(ctx) })
	}
	ended.Wait()
	return cmp.Or(errs...) // one line; the log has what each server could not finish
}
