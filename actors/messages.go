package actors

import (
	"time"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/troupe-go/troupe/actors/internal/transport"
)

// Everything that the actors of a server say to each other, in three grammatical moods: commands are
// imperative, facts are past participles, documents are nouns. All are pointers, immutable once
// sent, and safe to keep. The documents are Request (request.go) and Response (response.go).

// listen is a command to the server: spawn a listener.
type listen struct{ listening *listening }

// accepted is the fact that the acceptor got a connection, or an error. It is sent only on demand of the listener,
// which demands one only while the server has room.
type accepted struct {
	on     *listening       // had the demand; nil once that is settled
	socket transport.Socket // nil when it was taken
	err    error
}

// settle lets the listener demand the next connection. It has an effect only once, even if the message is handled
// again.
func (m *accepted) settle() {
	if m.on != nil {
		m.on.accepting.Store(false)
		m.on = nil
	}
}

// take takes the socket out of the message, once. Only the receiver may call it.
func (m *accepted) take() transport.Socket {
	taken := m.socket
	m.socket = nil
	return taken
}

// acceptDue is the fact that the pause after a failure to accept is over.
type acceptDue struct{}

// handshakesEnded is the fact that every client that had begun to connect before the drain can be accepted, or has
// taken too long.
type handshakesEnded struct{}

// bytesArrived is the fact that octets, the end of the stream or an error can be taken from the socket without
// waiting. The connection gets it only on demand, at most once per demand.
type bytesArrived struct{}

// deadlinePassed is the fact that a deadline of the connection may have passed. The connection checks which one.
type deadlinePassed struct{}

// ReadBody is a command of a consumer of content to its producer: send the next piece. A handler sends it to the
// connection for the content of a request; the connection sends it to a source for the content of a response. The
// answer is a BodyRead; at most one is outstanding.
type ReadBody struct{ request *Request }

// BodyRead is the fact that a piece of content was read, or that there is no more.
type BodyRead struct {
	Request  *Request // the request whose content, or whose response's content, it is
	Bytes    []byte   // the piece, which the consumer may keep; it may be empty at the end
	Trailers Fields   // with the end, if any
	End      bool     // this piece is the last
	Err      error    // no more will come, and the content is incomplete
}

// sourceStopped is the fact, sent by the connection to itself, that the source of a response has stopped. All pieces
// that the source had sent are handled before it.
type sourceStopped struct{ exchange uint64 }

// handlerCrashed is the fact that an actor panicked on the request of this exchange, or crashed after it had taken
// it. The mailbox sends it to the connection, which answers 500 at once.
type handlerCrashed struct{ exchange uint64 }

// notAnswered is the fact that an actor answered the request of this exchange with something that is neither a
// response to it nor a piece of its response. The actor's context sends it to the connection, which answers 500 at
// once, or breaks the response off.
type notAnswered struct {
	exchange uint64
	answer   any
	from     *actor.PID
	piece    bool // the actor was asked for a piece of the response
}

// interim is an interim response to the request of this exchange. It is dropped if the response has begun.
type interim struct {
	exchange uint64
	status   int
	fields   Fields
}

// aborted is the fact that the handler has given the exchange up: the link breaks it off.
type aborted struct {
	exchange uint64
	why      string
}

// Subscribed is the fact that a client has subscribed to the topic of the actor that gets it, or, after a restart of the
// actor, that it is subscribed.
type Subscribed struct {
	Topic      *Topic
	Subscriber *Subscriber
}

// Unsubscribed is the fact that a subscriber of the actor's topic has left.
type Unsubscribed struct {
	Topic      *Topic
	Subscriber *Subscriber
}

// handlerStopped is the fact that the handler stopped before it answered the request of this exchange,
// or pauses because it keeps crashing. The connection answers 503 at once.
type handlerStopped struct {
	exchange uint64
	retry    time.Duration // after which the handler may be back
	begun    bool          // the handler had taken the request, which may have had effects
	astray   bool          // the request was sent to an actor that does not exist
}

// queueFull is the fact that the handler of this exchange has no room for another request. The router sends it
// instead of passing the request on, and the connection answers 503 at once.
type queueFull struct {
	exchange uint64
	retry    time.Duration // after which there will probably be room
	what     fullness
}

// A fullness says what there is too much of.
type fullness uint8

const (
	tooMany  fullness = iota // requests that wait
	tooSlow                  // few requests wait, but they wait long
	allInUse                 // keys
)

func (m *queueFull) why() string {
	switch m.what {
	case tooSlow:
		return "A request to this route would have to wait for too long."
	case allInUse:
		return "This route has as many keys in use as it may."
	}
	return "Too many requests wait for this route."
}

// resumed is the fact, sent by the supervisor to an actor with children, that the actor crashed on a message and goes
// on as it was. The actor repeats what must not be lost.
type resumed struct {
	failed any // the message; never a Request, which is answered instead
	times  int // how often it has failed so far
}

// handlerBorn is the fact that an actor of a handler was made, or could not be made. The goroutine that ran its
// producer sends it to the router.
type handlerBorn struct {
	router  *actor.PID
	unborn  *actor.PID // the PID that the router has used until now
	handler *actor.PID // the PID of the actor itself; nil if there is none
	crash   *crash     // why there is no actor
}

// callsEnded is the fact, sent to the server, that a drain has begun and no call of Server.Do is left.
type callsEnded struct{}

// adopt is a command to the router: a route has this handler, which may be new.
type adopt struct{ handler *handler }

// retire is a command to the router: this handler has no route left.
type retire struct{ handler *handler }

// respawnDue is the fact that the pause before a new actor for a place is over.
type respawnDue struct{ place *place }

// lookDue is the fact that it is time to look which actors of a handler are no longer needed.
type lookDue struct{ handler *handler }

// helpDue is the fact that requests wait for an actor of Func that is held up, while others may be free.
type helpDue struct{ handler *handler }

// placeUnused is the fact that the exchange for which an actor of PerRequest was made is over.
type placeUnused struct {
	router *actor.PID
	place  *place
}

// returned is a request that an actor of PerKey or Func had not begun when it stopped. Its mailbox gives it back to
// the router, for another actor.
type returned struct {
	place   *place
	request *Request
	by      *mailbox // that gives it back; nil if it did not reach the actor, which has just stopped
}

// giveWay is a command to a connection: others need the room. The slowest upload is answered 408; a connection that
// has been idle since the given time closes.
type giveWay struct {
	upload *upload // nil for an idle connection
	since  instant
}

// roomMade is the fact that there may be room again for content that a connection collects.
type roomMade struct{}

// drain is a command down the tree: finish what has begun, take nothing new, stop.
type drain struct{}

// drainDue is the fact that load balancers have had time to notice that the server is not ready.
type drainDue struct{}

// hasten is a command down the tree: half of the time to drain is over, so the Context of each request ends.
type hasten struct{}
