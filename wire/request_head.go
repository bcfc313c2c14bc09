package wire

// interpret decides what the field section of a request means for the message and the connection: host, body length,
// persistence, expectation. If a rule is broken, at is the field line that broke it, or -1.
func interpret(head *RequestHead) (broken *Rule, at int) {
	var f framing
	var options connectionOptions
	var hosts int
	for i, field := range head.Fields {
		switch len(field.Name) { // one comparison skips most fields
		case len("Host"):
			if equalFold(field.Name, "host") {
				hosts++
				broken = head.takeHost(field.Value, hosts)
			}
		case len("Expect"):
			if equalFold(field.Name, "expect") && head.Version.AtLeast11() {
				broken = head.takeExpect(field.Value)
			}
		case len("Connection"):
			if equalFold(field.Name, "connection") {
				broken = options.parseConnection(field.Value)
			}
		case len("Content-Length"):
			if equalFold(field.Name, "content-length") {
				broken = f.parseContentLength(field.Value)
			}
		case len("Transfer-Encoding"):
			if equalFold(field.Name, "transfer-encoding") {
				broken = f.parseTransferEncoding(field.Value)
			}
		}
		if broken != nil {
			return broken, i
		}
	}
	if hosts == 0 && head.Version.AtLeast11() {
		return ruleHostMissing, -1
	}
	if head.Length, broken = bodyLength(head.Version, f); broken != nil {
		return broken, -1
	}
	head.Persist = persists(head.Version, options)
	head.ExpectContinue = head.ExpectContinue && head.Length != 0
	return nil, -1
}

// Expect = #expectation (RFC 9110 §10.1.1); HTTP/1.0 has no expectations, and a server must ignore it there.
func (head *RequestHead) takeExpect(value string) *Rule {
	for member, rest := cutElement(value); member != ""; member, rest = cutElement(rest) {
		if !equalFold(member, "100-continue") {
			return ruleExpect
		}
		head.ExpectContinue = true
	}
	return nil
}

// takeHost: "A server MUST respond with a 400 […] to any HTTP/1.1 request message that lacks a Host
// header field and to any request message that contains more than one Host header field line or a
// Host header field with an invalid field value" (RFC 9112 §3.2)
func (head *RequestHead) takeHost(value string, number int) *Rule {
	switch {
	case number > 1:
		return ruleHostRepeated
	case !validHost(value):
		return ruleHostSyntax
	}
	if head.Target.Authority == "" {
		head.Target.Authority = value
	}
	return nil
}
