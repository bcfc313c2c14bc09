package actors

import (
	"time"

	"github.com/asynkron/protoactor-go/actor"
)

// What the server answers for an actor that cannot answer. Each answer is a fact for the connection, which knows
// whether its exchange still waits.

// deadLetter handles a message that reached nobody: it tells the actor that waits for the answer, and frees what the
// message owns.
func (env *env) deadLetter(letter *actor.DeadLetterEvent) {
	switch message := letter.Message.(type) {
	case *accepted, *acceptDue, *handshakesEnded, *roomMade, *queueFull, *handlerStopped, *Subscribed, *Unsubscribed: // a stopped listener or connection is no news
	case *Response:
		if letter.PID != nil && letter.PID.Id == nobody && env.passOn(message, letter.PID) {
			return
		}
		if message != nil && message.request != nil && !message.request.ReplyTo().Equal(letter.PID) {
			env.log.deadLetter(letter)
			return // a copy with the same source may be on its way to the connection
		}
		env.counts.late.Add(1)
		env.log.late(letter.PID, message)
	case *Request:
		if env.placeAgain(message) {
			return
		}
		env.log.deadLetter(letter)
	default:
		if env.owns(letter.PID) || requestIn(letter.Message) != nil {
			env.log.deadLetter(letter)
		}
	}
	env.refuse(letter.Message, letter.Sender, 0)
}

// placeAgain lets the router choose an actor again for a request whose actor has just stopped by itself, if there may be
// another: the next one with the same key, or any of a function. It returns false if there is none.
func (env *env) placeAgain(r *Request) bool {
	if r == nil || r.isTaken() {
		return false
	}
	at := r.place.Load()
	if at == nil || at.router == nil || !at.of.hasOthers() || !env.hasActor(at.router) {
		return false
	}
	env.system.Root.Send(at.router, &returned{place: at, request: r})
	return true
}

// refuse answers a message that reaches nobody, because its receiver has stopped or pauses. It returns false if the
// message needs no answer, or nobody waits for it.
func (env *env) refuse(message any, sender *actor.PID, retry time.Duration) bool {
	switch message := message.(type) {
	case *Request, Carrier:
		r := requestIn(message)
		if r == nil {
			return false
		}
		r.leaveLine()
		begun := r.progress.begun.Load() != 0
		return env.tell(r, sender, &handlerStopped{exchange: r.exchange, retry: retry, begun: begun})
	case *accepted:
		env.refuseAccepted(message)
	case *ReadBody:
		return env.failRead(message, sender, errSourceStopped)
	case *Response:
		env.discard(message)
	case *handlerBorn:
		env.bornToNobody(message)
	case *returned:
		return env.refuse(message.request, nil, retry)
	case *resumed:
		return env.refuse(message.failed, nil, retry)
	}
	return false
}

// bornToNobody handles a birth on which the router has failed. A live router would wait for the end of this handler
// before its own end, so it is told again.
func (env *env) bornToNobody(message *handlerBorn) {
	if _, alive := env.system.ProcessRegistry.GetLocal(message.router.Id); !alive {
		if message.handler != nil {
			env.system.Root.Stop(message.handler)
		}
		return
	}
	env.sendLater(firstPause, message.router, message)
}

// discard drops a response that nobody gets. It makes and stops the source of its content, which may hold a file
// open.
func (env *env) discard(response *Response) {
	if response == nil {
		return
	}
	if response.feed != nil {
		env.guard(nil, response, response.feed.stop)
	}
	if response.source == nil {
		return
	}
	env.guard(nil, response, func() {
		root, id := env.system.Root, env.system.ProcessRegistry.NextId()
		source, err := env.birth(id, func() (*actor.PID, error) {
			return root.SpawnNamed(env.sourceProps(response.source, func(*mailbox) {}), id)
		})
		if err == nil {
			root.Stop(source)
		}
	})
}

// passOn sends a response that came to the wrong actor to the connection of its request. It returns false if there is
// none, or if the actor was the right one.
func (env *env) passOn(response *Response, from *actor.PID) bool {
	if response == nil || response.request == nil {
		return false
	}
	to := response.request.ReplyTo()
	if to == nil || to.Equal(from) {
		return false
	}
	env.system.Root.Send(to, response)
	return true
}

// refuseAccepted closes a connection that no listener takes, and lets the listener demand another.
func (env *env) refuseAccepted(message *accepted) {
	if message == nil {
		return
	}
	if s := message.take(); s != nil {
		s.Close()
	}
	if on := message.on; on != nil {
		message.settle()
		env.system.Root.Send(on.accepts, &acceptDue{})
	}
}

// crashedOn answers a message on which an actor has panicked. The custody may be nil.
func (env *env) crashedOn(message any, own *custody) {
	_, content, sender := actor.UnwrapEnvelope(message)
	switch content := content.(type) {
	case *Request, Carrier:
		if r := requestIn(content); r != nil && !own.gaveBack(r) {
			env.tell(r, sender, &handlerCrashed{r.exchange})
		}
	case *Response:
		if own == nil && content != nil && content.feed != nil { // of a connection, which answers 500
			env.guard(nil, content, content.feed.stop)
		}
		if content != nil && content.request != nil && own != nil && content.request.progress.holder.Load() == own {
			env.tell(content.request, nil, &handlerCrashed{content.request.exchange})
		}
	case *ReadBody:
		env.failRead(content, sender, errSourceCrashed)
	}
}

// crashed answers a request that an actor had taken before it crashed.
func (env *env) crashed(r *Request) {
	env.tell(r, nil, &handlerCrashed{r.exchange})
}

// stopped answers a request that an actor had taken before it stopped.
func (env *env) stopped(r *Request) {
	env.tell(r, nil, &handlerStopped{exchange: r.exchange, begun: true})
}

// strayed answers a request that was sent to an actor that does not exist.
func (env *env) strayed(r *Request) {
	r.leaveLine()
	env.tell(r, nil, &handlerStopped{exchange: r.exchange, astray: true})
}

// tell sends a fact to the connection of a request. It returns false if nobody waits.
func (env *env) tell(r *Request, sender *actor.PID, fact any) bool {
	if connection := r.ReplyTo(); connection != nil {
		sender = connection // not the actor that passed the request on
	}
	if sender == nil {
		return false
	}
	env.system.Root.Send(sender, fact)
	return true
}

// failRead answers a ReadBody that nobody else will answer: for the content of a response with the reason source, for
// that of a request with ErrExchangeOver, because its connection has stopped.
func (env *env) failRead(demand *ReadBody, consumer *actor.PID, source error) bool {
	if consumer == nil || demand == nil {
		return false
	}
	why := ErrExchangeOver
	if demand.request != nil && consumer.Equal(demand.request.ReplyTo()) {
		why = source
	}
	env.system.Root.Send(consumer, demand.Fail(why))
	return true
}
