package actors

import (
	"log/slog"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/troupe-go/troupe/actors/internal/dispatch"
	"github.com/troupe-go/troupe/actors/internal/transport"
	"github.com/troupe-go/troupe/wire"
)

// An environment is what all actors of one server share. It does not change while they live.
type environment struct {
	config      Config
	limits      wire.Limits // of the configuration
	system      *actor.ActorSystem
	dispatcher  *dispatch.Dispatcher
	sockets     *transport.Poller // nil until the first listener
	log         *actorLog
	table       atomic.Pointer[routeTable] // that is published: see routes
	date        dateCache
	keepAlive   string // what responses say of the idle timeout; "" for nothing
	rejections  rejections
	counts      counts
	refusals    refusals
	crashes     *crashLog
	readiness   readiness
	peers       *peers
	content     content
	connections *connections
	lingering   atomic.Int32   // connections whose clients send on after the last response
	partings    sync.WaitGroup // of these, those whose actor has stopped
	epoch       time.Time      // when the server's clock began
	run         string         // part of the id of each request
	state       atomic.Uint32  // a serverState
	stacks      rarely

	wrap      func(*mailbox) actor.Mailbox // what the library gets for the mailbox of an actor
	ending    sync.Map                     // from the ids of handlers that stop or restart to their mailboxes
	instances instances
	ownActors ownActors
	calls     atomic.Int32  // of Server.Do that go on
	done      chan struct{} // closed when the server actor has stopped
	began     chan struct{} // closed when the router takes requests
	begin     func()        // closes that, once
	unhear    func()        // ends what the server is told of dead letters
	births    sync.Map      // from the ids of actors of handlers that are being made to their places

	strategy *strategy // of supervisors that do nothing before a pause
}

// A serverState is how far a server has come.
type serverState = uint32

const (
	stateNew serverState = iota
	stateReady
	stateLeaving // it still accepts, and says that it is not ready
	stateDraining
)

// draining reports whether no new connection is taken any more.
func (env *environment) draining() bool { return env.state.Load() == stateDraining }

// leaving reports whether each exchange is the last of its connection.
func (env *environment) leaving() bool { return env.state.Load() >= stateLeaving }

// clock is the time since the server was made, in nanoseconds. It is never 0.
func (env *environment) clock() int64 { return int64(time.Since(env.epoch)) + 1 }

// at is a time on that clock.
func (env *environment) at(now time.Time) int64 { return env.instant(now) + 1 }

// instant is at that may be 0.
func (env *environment) instant(now time.Time) int64 { return int64(now.Sub(env.epoch)) }

func newEnvironment(config Config) *environment {
	env := &environment{
		config: config, limits: wire.Limits(config.Limits), dispatcher: dispatch.New(runtime.GOMAXPROCS(0)), log: newActorLog(config),
		rejections: newRejections(), connections: newConnections(config.MaxConnections), epoch: time.Now(), run: newRun(),
	}
	if idle := config.IdleTimeout; idle >= time.Second {
		env.keepAlive = "timeout=" + strconv.Itoa(int(idle/time.Second))
	}
	env.table.Store(&routeTable{})
	env.began = make(chan struct{})
	env.begin = sync.OnceFunc(func() { close(env.began) })
	env.strategy = &strategy{env: env}
	env.crashes = newCrashLog(env.log) // of its own: what clients can cause does not use its room up
	env.readiness.log = env.log
	env.peers = newPeers(config.MaxConnectionsPerPeer, &env.content)
	env.content.limit = config.MaxContent
	env.content.tell = func(connection *actor.PID) { env.system.Root.Send(connection, &roomMade{}) }
	env.wrap = func(m *mailbox) actor.Mailbox { return m }
	return env
}

// useSystem has the server's actors live in the system of the configuration, or else in one of their own. What the library
// would log there is logged by us, with more in it.
func (env *environment) useSystem() {
	if env.system = env.config.System; env.system == nil {
		env.system = env.newSystem()
	}
	stream := env.system.EventStream
	heard := stream.Subscribe(func(event any) {
		env.guard(nil, event, func() { // this is the goroutine of the sender, which may be nobody's
			switch event := event.(type) {
			case *actor.DeadLetterEvent:
				env.deadLetter(event)
			case *actor.SupervisorEvent:
				if env.owns(event.Child) {
					env.failed(event)
				}
			}
		})
	})
	env.unhear = func() { stream.Unsubscribe(heard) }
}

// owns reports whether an actor is one that the server answers for. In a system of somebody else's there are others.
func (env *environment) owns(who *actor.PID) bool {
	return env.config.System == nil || who != nil && (who.Id == serverName || strings.HasPrefix(who.Id, serverName+"/"))
}

func (env *environment) newSystem() *actor.ActorSystem {
	system := actor.NewActorSystem(
		actor.WithLoggerFactory(func(*actor.ActorSystem) *slog.Logger {
			return slog.New(&libraryLog{env.log.logger.Handler(), env})
		}),
		actor.WithDeadLetterRequestLogging(false),
	)
	shrinkRegistry(system)
	return system
}

// deadLetter deals with a message that reached nobody: whoever waits for its answer is told, and
// what it owns is let go.
func (env *environment) deadLetter(letter *actor.DeadLetterEvent) {
	switch message := letter.Message.(type) {
	case *accepted, *acceptDue, *handshakesEnded, *roomMade, *queueFull, *handlerStopped: // that a listener or a connection has stopped is no news
	case *Response:
		if letter.PID != nil && letter.PID.Id == nobody && env.passOn(message, letter.PID) {
			return
		}
		if message != nil && message.request != nil && !message.request.ReplyTo().Equal(letter.PID) {
			env.log.deadLetter(letter)
			return // a copy: another may be on its way to the connection, with the same source
		}
		env.counts.late.Add(1)
		env.log.late(letter.PID, message)
	default:
		if env.owns(letter.PID) || requestIn(letter.Message) != nil {
			env.log.deadLetter(letter)
		}
	}
	env.refuse(letter.Message, letter.Sender, 0)
}

// hasActor reports whether an actor is there, as far as this system can know: others have actors of their own.
func (env *environment) hasActor(who *actor.PID) bool {
	if who.Address != env.system.Address() {
		return true // of another machine: it is for the library to reach
	}
	_, there := env.system.ProcessRegistry.GetLocal(who.Id)
	return there
}

// registryBuckets are enough: each has 32 locks of its own.
const registryBuckets = 16

// shrinkRegistry takes the registry of a new system down from 32,768 maps, which every garbage
// collection would have to mark.
func shrinkRegistry(system *actor.ActorSystem) {
	registry := system.ProcessRegistry.LocalPIDs
	before := registry.LocalPIDs
	registry.LocalPIDs = slices.Clone(before[:registryBuckets])
	processes := make(map[string]any)
	for _, bucket := range before {
		bucket.IterCb(func(id string, process any) { processes[id] = process })
	}
	for id, process := range processes {
		registry.GetBucket(id).Set(id, process)
	}
}

// props makes the props of an actor of ours: on the warm dispatcher, with a mailbox that sees. The strategy is
// for its own children, the policy for itself.
func (env *environment) props(produce actor.Producer, children actor.SupervisorStrategy, policy policy) *actor.Props {
	return actor.PropsFromProducer(produce, actor.WithSupervisor(children), actor.WithDispatcher(env.dispatcher),
		actor.WithMailbox(func() actor.Mailbox { return env.wrap(env.newMailbox(nil, policy)) }))
}

// rarely allows something once in a while.
type rarely struct{ last atomic.Int64 }

func (r *rarely) allow(clock int64, pause time.Duration) bool {
	last := r.last.Load()
	return (last == 0 || clock-last >= int64(pause)) && r.last.CompareAndSwap(last, clock)
}

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
