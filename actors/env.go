package actors

import (
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/troupe-go/troupe/actors/internal/dispatch"
	"github.com/troupe-go/troupe/actors/internal/hooks"
	"github.com/troupe-go/troupe/actors/internal/transport"
	"github.com/troupe-go/troupe/wire"
)

// An env is what all actors of one server share. It does not change while they live, except for its counters and
// state.
type env struct {
	config   Config
	limits   wire.Limits // of the configuration
	log      *actorLog
	table    atomic.Pointer[routeTable] // the published one: see routes
	strategy *strategy                  // for supervisors with nothing to do before a pause

	engine
	clocks
	progression
	hooks hooks.Hooks // of tests
	vitals
	guests
	nursery
}

// An engine is what the actors run on.
type engine struct {
	system     *actor.ActorSystem
	dispatcher *dispatch.Dispatcher
	sockets    *transport.Poller // nil until the first listener
}

// A progression is how far a server has come.
type progression struct {
	state     atomic.Uint32 // a serverState
	began     chan struct{} // closed when the router takes requests
	begin     func()        // closes that, once
	done      chan struct{} // closed when the server actor has stopped
	abandoned chan struct{} // closed when a Shutdown has stopped waiting for actors that do not return
	abandon   func()
	unhear    func() // ends the subscription to dead letters
}

// vitals are what the server counts and reports.
type vitals struct {
	rejections rejections
	counts     counts
	refusals   refusals
	crashes    *crashLog
	readiness  readiness
	stacks     rarely
}

// guests are the clients, and the content held for them.
type guests struct {
	connections *connections
	peers       *peers
	content     content
	calls       calls          // of Server.Do
	topics      topics         // of actors
	lingering   atomic.Int32   // connections whose clients still send after the last response
	partings    sync.WaitGroup // lingering connections whose actor has stopped
}

// A nursery tracks the actors of handlers, and other foreign actors, while they come and go.
type nursery struct {
	wrap      func(*mailbox) actor.Mailbox // makes what the library gets as the mailbox of an actor
	births    sync.Map                     // ids of handlers' actors that are being made, to their places
	ending    sync.Map                     // ids of actors that stop or restart, to their mailboxes
	instances instances
	ownActors ownActors
	retiring  retiring
}

// A serverState is how far a server has come.
type serverState = uint32

const (
	stateNew serverState = iota
	stateReady
	stateLeaving // it still accepts, but is not ready
	stateDraining
)

// draining reports whether the server takes no new connections.
func (env *env) draining() bool { return env.state.Load() == stateDraining }

// leaving reports whether connections close after their next response.
func (env *env) leaving() bool { return env.state.Load() >= stateLeaving }

func newEnv(config Config) *env {
	env := &env{config: config, limits: wire.Limits(config.Limits), log: newActorLog(config)}
	env.dispatcher = dispatch.New(runtime.GOMAXPROCS(0))
	env.rejections, env.connections = newRejections(), newConnections(config.MaxConnections)
	env.epoch, env.run = time.Now(), newRun()
	env.log.clocks = &env.clocks
	if idle := config.IdleTimeout; idle >= time.Second {
		env.keepAlive = "timeout=" + strconv.Itoa(int(idle/time.Second))
	}
	env.table.Store(&routeTable{})
	env.began = make(chan struct{})
	env.begin = sync.OnceFunc(func() { close(env.began) })
	env.abandoned = make(chan struct{})
	env.abandon = sync.OnceFunc(func() { close(env.abandoned) })
	env.strategy = &strategy{env: env}
	env.crashes = newCrashLog(env.log) // separate: clients cannot use up its room
	env.readiness.log = env.log
	env.peers = newPeers(config.MaxConnectionsPerPeer, &env.content)
	env.content.limit = config.MaxContent
	env.content.tell = func(connection *actor.PID) { env.system.Root.Send(connection, &roomMade{}) }
	env.wrap = func(m *mailbox) actor.Mailbox { return m }
	return env
}

// props makes the props of an actor of the server's own: on the warm dispatcher, with a mailbox that sees all
// messages. The strategy is for its children, the policy for the actor itself.
func (env *env) props(produce actor.Producer, children actor.SupervisorStrategy, policy policy) *actor.Props {
	return actor.PropsFromProducer(produce, actor.WithSupervisor(children), actor.WithDispatcher(env.dispatcher),
		actor.WithMailbox(func() actor.Mailbox { return env.wrap(env.newMailbox(nil, policy)) }))
}
