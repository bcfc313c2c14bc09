package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/troupe-go/troupe/actors"
)

// options are the settings of troupe serve. A flag overrides its environment variable.
type options struct {
	addr         string
	config       actors.Config
	drainTimeout time.Duration
	errorDetail  string // "" means the default: see detail
	demo         bool
	socketMode   mode // of a Unix socket; 0 leaves it to the umask
	logging
	keyPair
	frontier
	sizes
}

// logging is how the actor log is written.
type logging struct {
	logLevel  slog.Level
	logFormat string
}

// A keyPair is the files of a certificate.
type keyPair struct {
	tlsCert string // "" means no TLS
	tlsKey  string
}

// A frontier is what stands between the clients and the server.
type frontier struct {
	proxies     proxies
	behindProxy bool
}

// sizes are those settings that the configuration has as plain numbers.
type sizes struct {
	bodyRate, writeRate, maxContent size
}

// errHelp says that the usage was requested and printed.
var errHelp = errors.New("help")

// parseOptions reads the environment, then the flags. An error is one line for the user.
func parseOptions(args []string, environ variables, stdout io.Writer) (options, error) {
	o := options{logging: logging{logFormat: "text"}}
	flags := flag.NewFlagSet("troupe serve", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	define(flags, &o)
	for _, name := range names(flags) {
		if value := environ.get(variable(name)); value != "" {
			if err := flags.Set(name, value); err != nil {
				return o, fmt.Errorf("%s: %q: %s", variable(name), value, hint(flags.Lookup(name), err.Error()))
			}
		}
	}
	ofFlags := flag.NewFlagSet("", flag.ContinueOnError) // only to know which flags are given
	ofFlags.SetOutput(io.Discard)
	define(ofFlags, &options{})
	if err := flags.Parse(args); errors.Is(err, flag.ErrHelp) {
		printUsage(stdout, flags)
		return o, errHelp
	} else if err != nil {
		return o, explained(flags, err)
	}
	if flags.NArg() > 0 {
		return o, fmt.Errorf("unexpected argument %q", flags.Arg(0))
	}
	if name := emptyFile(flags); name != "" {
		return o, fmt.Errorf("--%s \"\": no file: a variable that is not set, perhaps", name)
	}
	o.adopt(flags)
	if err := o.check(); err != nil {
		_ = ofFlags.Parse(args) // it parsed without error before
		return o, errors.New(bySource(err.Error(), ofFlags, environ))
	}
	o.config.ErrorDetail = o.detail()
	return o, nil
}

// emptyFile returns the flag that was given an empty file name: nobody means to turn TLS off in this way.
func emptyFile(flags *flag.FlagSet) (name string) {
	flags.Visit(func(f *flag.Flag) {
		if strings.HasPrefix(f.Name, "tls-") && f.Value.String() == "" && name == "" {
			name = f.Name
		}
	})
	return name
}

// adopt copies the values that have types of their own into the configuration, and sets defaults that suit a proxy.
func (o *options) adopt(flags *flag.FlagSet) {
	c := &o.config
	c.BodyRate, c.WriteRate, c.MaxContent = int(o.bodyRate), int(o.writeRate), int64(o.maxContent)
	if !o.behindProxy {
		return
	}
	set := make(map[string]bool)
	flags.Visit(func(f *flag.Flag) { set[f.Name] = true })
	if !set["idle-timeout"] {
		c.IdleTimeout = proxyIdleTimeout
	}
	if !set["max-connections-per-peer"] && len(o.proxies) == 0 {
		c.MaxConnectionsPerPeer = -1
	}
}

// proxyIdleTimeout is longer than proxies keep a connection: nginx and ALB 60 s, Go's client 90 s, Google's load
// balancers 600 s. The side that sends requests must close first; otherwise some requests are lost.
const proxyIdleTimeout = 620 * time.Second

var flagName = regexp.MustCompile(`--[a-z][a-z-]*`)

// bySource puts the environment variable in place of the flag in an error, if the value came from there.
func bySource(text string, given *flag.FlagSet, environ variables) string {
	return flagName.ReplaceAllStringFunc(text, func(name string) string {
		byFlag := false
		given.Visit(func(f *flag.Flag) { byFlag = byFlag || "--"+f.Name == name })
		if of := variable(name[2:]); !byFlag && environ.get(of) != "" {
			return of
		}
		return name
	})
}

func define(flags *flag.FlagSet, o *options) {
	flags.StringVar(&o.addr, "addr", "127.0.0.1:8080", "`address` to listen on, host:port or unix:/path; port 0 picks a free one")
	c := &o.config
	flags.DurationVar(&c.IdleTimeout, "idle-timeout", 5*time.Second, "how long a connection may be silent between requests")
	flags.DurationVar(&c.HeadTimeout, "head-timeout", 10*time.Second, "how long a request head may take from its first octet")
	flags.DurationVar(&c.BodyTimeout, "body-timeout", 10*time.Second, "how long a request body may be silent")
	o.bodyRate, o.writeRate, o.maxContent = 500, 500, 1<<30
	flags.Var(&o.bodyRate, "body-rate", "`octets` a second that must come of a request body, on average over each --body-timeout; -1 for none")
	flags.DurationVar(&c.HandlerTimeout, "handler-timeout", 30*time.Second, "how long a handler may take to answer")
	flags.DurationVar(&c.WriteTimeout, "write-timeout", 10*time.Second, "how long a client may take nothing of a response")
	flags.Var(&o.writeRate, "write-rate", "`octets` a second that a client has to take of a response while it is waited for; -1 for none")
	flags.IntVar(&c.MaxConnections, "max-connections", 10_000, "most connections at once; at the limit, idle ones give way to newcomers")
	flags.IntVar(&c.MaxConnectionsPerPeer, "max-connections-per-peer", 0, "most connections of one client address; 0 for half of --max-connections, -1 for no such limit")
	flags.IntVar(&c.MaxQueue, "max-queue", 10_000, "most requests that wait for one route; more are answered 503")
	flags.DurationVar(&c.MaxQueueWait, "max-queue-wait", 5*time.Second, "how long a request may have to wait for its handler; else 503")
	flags.Var(&o.maxContent, "max-content", "`octets` of request content to hold at once, of all connections, as 1GiB")
	flags.StringVar(&o.errorDetail, "error-detail", "", "`clients` that a 504 tells of actors and queues: none, loopback or all; with --demo loopback")
	flags.DurationVar(&c.DrainDelay, "drain-delay", 0, "how long to go on accepting after the first signal, not ready")
	flags.DurationVar(&o.drainTimeout, "drain-timeout", 10*time.Second, "how long exchanges may take to end after the first signal")
	flags.TextVar(&o.logLevel, "log-level", slog.LevelInfo, "`level` of the actor log: debug, info, warn or error")
	flags.StringVar(&o.logFormat, "log-format", "text", "`format` of the actor log: text or json")
	flags.BoolVar(&c.HideQueries, "hide-queries", false, "leave the queries of request targets out of the log")
	flags.BoolVar(&o.demo, "demo", false, "add routes under /demo/ that keep state, crash and dawdle")
	flags.BoolVar(&o.behindProxy, "behind-proxy", false, "clients come by a reverse proxy: --idle-timeout 620s, and --max-connections-per-peer -1 without --proxy-protocol")
	flags.Var(&o.socketMode, "socket-mode", "`mode` of the file of a Unix socket, as 0660; none for what the umask leaves")
	flags.StringVar(&o.tlsCert, "tls-cert", "", "`file` with the certificate chain, as PEM: serve HTTPS")
	flags.StringVar(&o.tlsKey, "tls-key", "", "`file` with the private key of the certificate, as PEM")
	flags.Var(&o.proxies, "proxy-protocol", "`networks` of proxies that send the PROXY protocol, as 10.0.0.0/8,192.0.2.7")
}

// check returns an error for values that parse but make no sense.
func (o *options) check() error {
	path, isUnix := strings.CutPrefix(o.addr, "unix:")
	if !isUnix {
		_, port, err := net.SplitHostPort(o.addr)
		if err != nil || port == "" {
			return fmt.Errorf("--addr %q: not host:port, for example 127.0.0.1:8080; port 0 picks a free one", o.addr)
		}
		if _, err := net.LookupPort("tcp", port); err != nil {
			return fmt.Errorf("--addr %q: %q is no port", o.addr, port)
		}
	}
	switch {
	case !isUnix && o.socketMode != 0:
		return errors.New("--socket-mode without a Unix socket in --addr")
	case isUnix && path == "":
		return fmt.Errorf("--addr %q: no path, for example unix:/run/troupe.sock", o.addr)
	case o.tlsCert != "" && o.tlsKey == "":
		return errors.New("--tls-cert without --tls-key")
	case o.tlsCert == "" && o.tlsKey != "":
		return errors.New("--tls-key without --tls-cert")
	case !slices.Contains([]string{"", "none", "loopback", "all"}, o.errorDetail):
		return fmt.Errorf("--error-detail %q: must be none, loopback or all", o.errorDetail)
	case o.behindProxy && o.errorDetail == "loopback" && len(o.proxies) == 0:
		return errors.New("--error-detail loopback with --behind-proxy: every client would be told that comes by a proxy on this machine")
	case o.logFormat != "text" && o.logFormat != "json":
		return fmt.Errorf("--log-format %q: must be text or json", o.logFormat)
	}
	return o.checkPositive()
}

// detail says which clients may learn about the inside of the server. The demo is for development, where clients are
// on the same machine.
func (o *options) detail() actors.ErrorDetail {
	switch {
	case o.errorDetail == "all":
		return actors.DetailForAll
	case o.errorDetail == "loopback" || o.errorDetail == "" && o.demo && !o.behindProxy:
		return actors.DetailForLoopback
	}
	return actors.DetailForNobody
}

// checkPositive returns an error for values that must be above 0, because 0 would mean the default.
func (o *options) checkPositive() error {
	c := &o.config
	for _, d := range []struct {
		name  string
		value time.Duration
	}{
		{"idle-timeout", c.IdleTimeout}, {"head-timeout", c.HeadTimeout}, {"body-timeout", c.BodyTimeout},
		{"handler-timeout", c.HandlerTimeout}, {"write-timeout", c.WriteTimeout}, {"max-queue-wait", c.MaxQueueWait},
		{"drain-timeout", o.drainTimeout},
	} {
		if d.value <= 0 {
			return fmt.Errorf("--%s %v: must be above 0", d.name, d.value)
		}
	}
	for _, n := range []struct {
		name  string
		value int64
	}{
		{"max-connections", int64(c.MaxConnections)}, {"max-queue", int64(c.MaxQueue)}, {"max-content", c.MaxContent},
	} {
		if n.value <= 0 {
			return fmt.Errorf("--%s %d: must be above 0", n.name, n.value)
		}
	}
	switch {
	case c.BodyRate == 0 || c.BodyRate < -1:
		return fmt.Errorf("--body-rate %d: must be above 0, or -1", c.BodyRate)
	case c.WriteRate == 0 || c.WriteRate < -1:
		return fmt.Errorf("--write-rate %d: must be above 0, or -1", c.WriteRate)
	case c.MaxConnectionsPerPeer < -1:
		return fmt.Errorf("--max-connections-per-peer %d: must be above 0, 0 for half of --max-connections, or -1 for no such limit", c.MaxConnectionsPerPeer)
	case c.DrainDelay < 0 || c.DrainDelay >= o.drainTimeout:
		return fmt.Errorf("--drain-delay %v: must be at least 0, and below --drain-timeout", c.DrainDelay)
	}
	return nil
}
