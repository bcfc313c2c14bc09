package actors

import "log/slog"

// appendIdentity appends the number of the exchange of a request, and the id of the request.
func appendIdentity(attrs []slog.Attr, r *Request) []slog.Attr {
	attrs = append(attrs, slog.Uint64("exchange", r.exchange))
	if id := r.ID(); id != "" {
		attrs = append(attrs, slog.String("id", id))
	}
	return attrs
}

// appendExchange appends the identity of the exchange that a message belongs to, if there is one.
func appendExchange(attrs []slog.Attr, message any) []slog.Attr {
	if r := requestAbout(message); r != nil {
		return appendIdentity(attrs, r)
	}
	if exchange := exchangeOf(message); exchange > 0 {
		attrs = append(attrs, slog.Uint64("exchange", exchange))
	}
	return attrs
}

// exchangeOf returns the number of the exchange that a fact or command belongs to; 0 for none. The message may be a
// nil pointer that a user has sent.
func exchangeOf(message any) (exchange uint64) {
	defer func() { recover() }()
	switch m := message.(type) {
	case *handlerCrashed:
		return m.exchange
	case *handlerStopped:
		return m.exchange
	case *queueFull:
		return m.exchange
	case *notAnswered:
		return m.exchange
	case *sourceStopped:
		return m.exchange
	}
	return 0
}

// requestAbout returns the request that a message is, carries, answers, or asks content of; or nil.
func requestAbout(message any) *Request {
	switch m := message.(type) {
	case *Response:
		if m != nil {
			return m.request
		}
	case *BodyRead:
		if m != nil {
			return m.Request
		}
	case *ReadBody:
		if m != nil {
			return m.request
		}
	default:
		return requestIn(message)
	}
	return nil
}
