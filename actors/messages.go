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

// accepted is the fact that the acceptor was given a connection, or an error. It is sent only when
// the listener demanded it, which it does while the server has room.
type accepted struct {
	on     *listening       // whose demand it meets, until that is settled
	socket transport.Socket // nil when somebody has taken it
	err    error
}

// settle lets the next connection be demanded, once, however often the message is dealt with.
func (m *accepted) settle() {
	if m.on != nil {
		m.on.accepting.Store(false)
		m.on = nil
	}
}

// take takes the socket over, once. The message belongs to its receiver.
func (m *accepted) take() transport.Socket {
	taken := m.socket
	m.socket = nil
	return taken
}

// acceptDue is the fact that the pause after a failure to accept is over.
type acceptDue struct{}

// handshakesEnded is the fact that all clients that had begun to connect when the drain began can be accepted,
// or have taken too long.
type handshakesEnded struct{}

// bytesArrived is the fact that octets, the end of the stream or an error can be taken from the
// socket without waiting. It is sent to the connection only when it demanded it, at most once a
// demand.
type bytesArrived struct{}

// deadlinePassed is the fact that a deadline of the connection may have passed: it looks which.
type deadlinePassed struct{}

// ReadBody is a command of a consumer of content to its producer: send the next piece. A handler
// sends it to the connection for the content of a request, the connection to a source for that of a
// response. Answered with BodyRead; at most one is outstanding.
type ReadBody struct{ request *Request }

// BodyRead is the fact that a piece of content was read, or that there is no more.
type BodyRead struct {
	Request  *Request // whose content it is, or whose response's
	Bytes    []byte   // the piece, which is the consumer's to keep; it may be empty at the end
	Trailers Fields   // with the end, if there are any
	End      bool     // this piece is the last
	Err      error    // there will be no more, and the content is not complete
}

// sourceStopped is the fact, told by the connection to itself, that the source of a response has
// stopped and all pieces that it had sent before are dealt with.
type sourceStopped struct{ exchange uint64 }

// handlerCrashed is the fact that an actor panicked on the request of this exchange, or had taken it before
// it crashed. Its mailbox sends it to the connection, which answers 500 at once.
type handlerCrashed struct{ exchange uint64 }

// notAnswered is the fact that an actor has answered the request of this exchange with something that is no
// response to it, or no piece of its response. Its context sends it to the connection, which answers 500 at
// once, or breaks the response off.
type notAnswered struct {
	exchange uint64
	answer   any
	from     *actor.PID
	piece    bool // it was asked for a piece of the response
}

// handlerStopped is the fact that the handler stopped before it answered the request of this exchange,
// or pauses because it keeps crashing. The connection answers 503 at once.
type handlerStopped struct {
	exchange uint64
	retry    time.Duration // after which it may be there again
	begun    bool          // it had taken the request, which may have had effects
	astray   bool          // it has sent the request to an actor that is not there
}

// queueFull is the fact that the handler of this exchange has no room for one more request. The router sends it
// instead of passing the request on, and the connection answers 503 at once.
type queueFull struct {
	exchange uint64
	retry    time.Duration // after which there is likely to be room
	what     fullness
}

// A fullness is what there is too much of.
type fullness uint8

const (
	tooMany  fullness = iota // requests that wait
	tooSlow                  // few wait, but for long
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

// resumed is the fact, told by its supervisor to an actor with children, that it has crashed on a
// message and goes on as it was. It does again what must not be lost.
type resumed struct {
	failed any // the message; never a Request, which is answered instead
	times  int // that it failed so far
}

// handlerBorn is the fact that an actor of a handler was made, or could not be. The goroutine on which its
// producer ran sends it to the router.
type handlerBorn struct {
	router  *actor.PID
	unborn  *actor.PID // that the router has had of the handler until now
	handler *actor.PID // that the handler has of itself; nil if there is none
	crash   *crash     // why there is none
}

// callsEnded is the fact, told to the server, that no call of Server.Do goes on, and a drain has begun.
type callsEnded struct{}

// adopt is a command to the router: a route has a handler that may be new.
type adopt struct{ handler *handler }

// retire is a command to the router: no route has this handler any more.
type retire struct{ handler *handler }

// respawnDue is the fact that the pause before a new actor for a place is over.
type respawnDue struct{ place *place }

// lookDue is the fact that the time has come to look which actors of a handler nobody needs.
type lookDue struct{ handler *handler }

// helpDue is the fact that requests wait for an actor of Func that is held up, while others may be free.
type helpDue struct{ handler *handler }

// placeUnused is the fact that the exchange is over for which an actor of PerRequest was made.
type placeUnused struct {
	router *actor.PID
	place  *place
}

// returned is a request that an actor of PerKey has not begun before it stopped. Its mailbox gives it back to the
// router, for the next actor with that key.
type returned struct {
	place   *place
	request *Request
	from    *actor.PID
}

// giveWay is a command to a connection: others need the room. An upload that is the slowest of all is
// answered 408; a connection that has waited for a request since that time closes.
type giveWay struct {
	upload *upload // nil for a connection that waits
	since  instant
}

// roomMade is the fact that there may be room again for the content that a connection collects.
type roomMade struct{}

// drain is a command down the tree: finish what was begun, take nothing new, stop.
type drain struct{}

// drainDue is the fact that load balancers have had the time to notice that the server is not ready.
type drainDue struct{}

// hasten is a command down the tree: half of the time to drain is over, so those who watch the Context
// of a request are told.
type hasten struct{}
