package actors

// Interim sends an interim response before the response (RFC 9110 §15.2): for example 103 with Link fields, so that a
// browser fetches what it will need while the handler works (Early Hints, RFC 8297). The status is from 102 to 199; 100
// is sent by the server itself. It may be called several times, on any goroutine. A client that speaks HTTP/1.0 does not
// get it, and neither does anybody after the response has begun.
func (r *Request) Interim(status int, fields Fields) {
	if status < 102 || status > 199 {
		mistake("Interim: %d is no interim response that a handler sends: use 103, or 102 to 199", status)
	}
	r.tellLink("Interim", &interim{exchange: r.exchange, status: status, fields: fields})
}

// Abort ends the exchange without a response, or within its content: the client sees the connection break off. The log
// says why. It is for a handler that finds, for example, that what it passes on is broken. It may be called on any
// goroutine.
func (r *Request) Abort(why string) {
	r.tellLink("Abort", &aborted{exchange: r.exchange, why: why})
	r.progress.aborted.Store(true)
}

// tellLink sends a message to the link of the request.
func (r *Request) tellLink(method string, message any) {
	to := r.ReplyTo()
	if to == nil || r.env == nil {
		mistake("%s: the request was made by hand: there is no client", method)
	}
	r.env.system.Root.Send(to, message)
}
