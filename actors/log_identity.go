package actors

import "log/slog"

// Which exchange a line is about.

// appendIdentity appends the number of the exchange of a request, and the id of the request.
func appendIdentity(attrs []slog.Attr, r *Request) []slog.Attr {
	attrs = append(attrs, slog.Uint64("exchange", r.exchange))
	if id := r.ID(); id != "" {
		attrs = append(attrs, slog.String("id", id))
	}
	return attrs
}

// appendExchange appends what a message tells of the exchange that it is about, if there is one.
func appendExchange(attrs []slog.Attr, message any) []slog.Attr {
	if r := requestAbout(message); r != nil {
		return appendIdentity(attrs, r)
	}
	if exchange := exchangeOf(message); exchange > 0 {
		attrs = append(attrs, slog.Uint64("exchange", exchange))
	}
	return attrs
}

// exchangeOf is the number of the exchange that a fact or a command is about; 0 for none. It may be a nil pointer,
// which somebody has sent.
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

// requestAbout is the request that a message is, carries, answers, or asks for content of; or nil.
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
