package main

import (
	"regexp"
	"time"
)

// forwarding is how requests are passed on.
type forwarding struct {
	to                              string // as the user has it: see targetOf
	connectTimeout, responseTimeout time.Duration
	preserveHost                    bool
	trusted                         proxies
	headers                         headers
	health                          string // the path of a route of our own; "" for none
}

func (f *forwarding) settings() settings {
	to := newText("to", &f.to, "the server that gets the requests: http://host:port, host:port, or a port of this machine; TO is the same")
	to.kind.word, to.kind.example = "server", `"127.0.0.1:9000"`
	to.check = func() error {
		if f.to == "" {
			return nil // check says that it is missing
		}
		_, err := targetOf(f.to)
		return err
	}
	health := newText("health", &f.health, "answer GET of this path here, as /health: 200, or 503 once the server drains")
	health.kind.word, health.kind.example = "path", `"/health"`
	return group("The other server", to,
		newTimeout("connect-timeout", &f.connectTimeout, 5*time.Second, "how long a connection to it may take; else 504"),
		newTimeout("response-timeout", &f.responseTimeout, 30*time.Second, "how long it may take to answer, when it has the request; else 504"),
		newSwitch("preserve-host", &f.preserveHost, "pass the Host of the client on, instead of that of the other server"),
		&setting{name: "header", value: &f.headers,
			kind:  kind{word: "line", example: `["X-Proxy: troupe"]`, separator: "\n", repeats: true, quoted: true},
			about: "a field line of each request, as 'Name: value', instead of what the client has sent; may be given several times"},
		&setting{name: "trusted", value: &f.trusted,
			kind:  kind{word: "networks", example: `["10.0.0.0/8", "192.0.2.7"]`, separator: ",", quoted: true},
			about: "networks of proxies before this one, whose X-Forwarded-For and Forwarded are believed"},
		checked(health, "must be a path, as /health", func() bool { return f.health == "" || plainPath.MatchString(f.health) }))
}

// plainPath matches paths that are patterns for themselves only.
var plainPath = regexp.MustCompile(`^(/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)+$`)

// check returns an error for settings that make no sense together.
func (f *forwarding) check(from addresses) error {
	if f.to == "" {
		return wrong("there is no TO: to which server? troupe proxy 127.0.0.1:8080 127.0.0.1:9000, for example")
	}
	target, err := targetOf(f.to)
	if err != nil {
		return err
	}
	for _, address := range from {
		if sameServer(address, target) {
			return wrong("%v %q: that is where this proxy listens itself", name("to"), f.to)
		}
	}
	return nil
}
