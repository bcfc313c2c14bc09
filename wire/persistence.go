package wire

// connectionOptions are the options of Connection that this server knows (RFC 9110 §7.6.1).
type connectionOptions struct{ close, keepAlive bool }

// parseConnection adds the options of one Connection field line.
//
// Connection = #connection-option; connection-option = token (RFC 9110 §7.6.1)
func (o *connectionOptions) parseConnection(value string) *Rule {
	if value == "keep-alive" { // as most who say anything do
		o.keepAlive = true
		return nil
	}
	for option, rest := cutElement(value); option != ""; option, rest = cutElement(rest) {
		switch {
		case !isToken(option):
			return ruleConnection
		case equalFold(option, "close"):
			o.close = true
		case equalFold(option, "keep-alive"):
			o.keepAlive = true
		}
	}
	return nil
}

// persists reports whether the connection outlives the exchange, in the order of RFC 9112 §9.3: close ends it; 1.1
// and later persist; 1.0 persists if it asked for that.
func persists(version Version, options connectionOptions) bool {
	switch {
	case options.close:
		return false
	case version.AtLeast11():
		return true
	}
	return options.keepAlive
}
