package actors

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"slices"
	"sync"
	"time"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/troupe-go/troupe/actors/internal/hooks"
	"github.com/troupe-go/troupe/actors/internal/transport"
)

// ErrServerClosed is the error of Serve and ListenAndServe after a Shutdown.
var ErrServerClosed = errors.New("actors: server closed")

// A Server runs the actors of one HTTP server. Its methods may be called from any goroutine that is
// not an actor's.
type Server struct {
	mu     sync.Mutex
	env    *env
	pid    *actor.PID    // of the server actor; nil until it serves
	done   chan struct{} // closed when the server actor has stopped
	closed bool
	places []*listening // where it listens
}

// NewServer makes a server without routes. It panics if a limit of the configuration makes no sense.
func NewServer(config Config) *Server {
	config.check()
	config = config.WithDefaults()
	s := &Server{env: newEnv(config), done: make(chan struct{})}
	s.env.done = s.done
	s.env.useSystem()
	return s
}

// check panics if the server was made by hand.
func (s *Server) check(method string) {
	if s == nil || s.env == nil {
		mistake("%s: the server was not made with NewServer", method)
	}
}

// ListenAndServe listens on the address, as Listen does, and serves it.
func (s *Server) ListenAndServe(address string) error {
	on, err := Listen(address)
	if err != nil {
		return err
	}
	return s.Serve(on)
}

// Serve accepts connections until Shutdown. When the last exchange has ended, it returns ErrServerClosed. It returns
// another error if accepting failed for good. It closes the listener, and may be called for several listeners. End it
// with Shutdown, not by closing the listener: on systems such as Linux the server takes connections directly from the
// kernel, and does not notice a close.
func (s *Server) Serve(on net.Listener) error { return afterStart(s.Start(on)) }

// Start does what Serve does, but returns at once; wait then waits for the end. The actors of several listeners are
// named in the order of the calls: listener, listener$2, ….
func (s *Server) Start(on net.Listener) (wait func() error, err error) {
	s.check("Serve")
	if isNil(on) {
		return nil, errNoListener
	}
	return s.startOn(transport.Gated(on, s.env.config.Proxies, nil))
}

func afterStart(wait func() error, err error) error {
	if err != nil {
		return err
	}
	return wait()
}

func (s *Server) startOn(on net.Listener) (wait func() error, err error) {
	listening, err := s.listen(on)
	if err != nil {
		on.Close()
		return nil, err
	}
	return func() error { return s.wait(listening) }, nil
}

// wait waits until a listener has failed, or the server has ended.
func (s *Server) wait(listening *listening) error {
	select {
	case <-listening.ended:
		if listening.err != nil {
			return listening.err
		}
	case <-s.env.abandoned:
		return ErrServerClosed
	}
	select {
	case <-s.done:
		s.env.partings.Wait()
	case <-s.env.abandoned:
	}
	return ErrServerClosed
}

// errNoListener is the error if Serve gets no listener.
var errNoListener = errors.New("actors: there is no listener: make one with Listen, or use ListenAndServe")

// listen starts the server, if it does not run yet, and tells it to spawn the listener.
func (s *Server) listen(on net.Listener) (*listening, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, ErrServerClosed
	}
	if s.pid == nil {
		if err := s.start(); err != nil {
			return nil, err
		}
	}
	added := newListening(on, s.env.poller)
	s.places = append(slices.DeleteFunc(s.places, (*listening).over), added)
	s.env.system.Root.Send(s.pid, &listen{added})
	return added, nil
}

func (s *Server) start() error {
	env := s.env
	env.readiness.begin(env.routes().handlers, env.leaving)
	pid, err := env.system.Root.WithGuardian(env.strategy).SpawnNamed(newServerProps(env, s.done), serverName)
	if err != nil { // in a system of our own the name is free
		return fmt.Errorf("actors: the system of Config.System has a server already: %w", err)
	}
	s.pid = pid
	return nil
}

// Ready reports whether the server accepts connections, can answer, and will go on. It is false before the first call
// of Serve or Do, until the handlers of all routes that are not Optional have handled Started for the first time, and
// after a Shutdown has begun. It may be called from anywhere.
func (s *Server) Ready() bool { return s.env.state.Load() == stateReady && s.env.readiness.complete() }

// Draining reports whether a Shutdown has begun. It may be called from anywhere.
func (s *Server) Draining() bool { return s.env.leaving() }

// Addrs returns the addresses that the server listens on, in the order of the calls. It may be called from anywhere.
func (s *Server) Addrs() (addresses []net.Addr) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, on := range s.places {
		if !on.over() {
			addresses = append(addresses, on.Addr())
		}
	}
	return addresses
}

// Close stops at once: it is a Shutdown with no time. Waiting requests are answered 503.
func (s *Server) Close() error {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	err := s.Shutdown(ctx)
	if _, unfinished := errors.AsType[*UnfinishedError](err); unfinished {
		return nil
	}
	return err
}

// Shutdown makes Ready false, stops accepting after Config.DrainDelay, closes idle connections, lets the others
// finish their exchange, and then stops the handlers. At half of the time that the context leaves, it ends the
// Context of all unanswered requests. If the context ends first, it stops everything at once and returns an
// *UnfinishedError. Waiting requests are then answered 503; a client that still sends has a second to read that
// answer.
func (s *Server) Shutdown(ctx context.Context) error {
	s.check("Shutdown")
	s.mu.Lock()
	first := !s.closed
	s.closed = true
	pid := s.pid
	s.mu.Unlock()
	defer s.env.dispatcher.Close()
	if pid == nil { // nothing was served
		defer s.env.unhear()
		return s.env.stopOwnActors(ctx)
	}
	if first {
		s.env.system.Root.Send(pid, &drain{})
	}
	if deadline, ok := ctx.Deadline(); ok {
		delay := s.env.config.DrainDelay
		half := time.AfterFunc(delay+(time.Until(deadline)-delay)/2, func() { s.env.system.Root.Send(pid, &hasten{}) })
		defer half.Stop()
	}
	select {
	case <-s.done:
		s.env.partings.Wait()
		return nil
	case <-s.env.abandoned:
		select {
		case <-s.done: // the rest has ended since
			return nil
		default:
			return &UnfinishedError{Actors: s.env.unfinished(), cause: errAbandoned}
		}
	case <-ctx.Done():
	}
	unfinished := &UnfinishedError{Actors: s.env.unfinished(), cause: context.Cause(ctx), of: ctx.Err()}
	s.env.log.warn(pid, "stopping at once", slog.String("why", unfinished.cause.Error()), slog.Int("unfinished", len(unfinished.Actors)))
	s.env.system.Root.Stop(pid)
	select {
	case <-s.done:
		s.env.partings.Wait()
	case <-time.After(stopTimeout):
		s.env.log.warn(pid, "stopped, but for some", append(s.env.totals(), slog.Any("actors", s.env.unfinished()))...)
		s.env.abandon() // an actor that does not return from Receive cannot be stopped
	}
	return unfinished
}

// errAbandoned is why a Shutdown ends whose own context has not.
var errAbandoned = errors.New("another Shutdown, or Close, has stopped everything at once")

// stopTimeout is how long Shutdown waits for actors to return after its context has ended.
const stopTimeout = time.Second

func init() {
	hooks.Of = func(server any) *hooks.Hooks { return &server.(*Server).env.hooks }
}
