package main

import (
	"cmp"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"strings"
	"time"
)

// options are the settings of troupe serve. A flag counts more than its environment variable.
type options struct {
	addr           string
	idleTimeout    time.Duration
	maxConnections int
	logLevel       slog.Level
	logFormat      string
	demo           bool
	tlsCert        string // a file, or "" for no TLS
	tlsKey         string
	proxies        proxies
}

// errHelp says that the usage was asked for and printed.
var errHelp = errors.New("help")

// parseOptions reads the environment, then the flags. An error is one line, fit to be shown.
func parseOptions(args []string, getenv func(string) string, stdout io.Writer) (options, error) {
	o := options{logFormat: "text"}
	flags := flag.NewFlagSet("troupe serve", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	define(flags, &o)
	for _, name := range names(flags) {
		if value := getenv(variable(name)); value != "" {
			if err := flags.Set(name, value); err != nil {
				return o, fmt.Errorf("%s: %q: %w", variable(name), value, explained(err))
			}
		}
	}
	if err := flags.Parse(args); errors.Is(err, flag.ErrHelp) {
		printUsage(stdout, flags)
		return o, errHelp
	} else if err != nil {
		return o, explained(err)
	}
	if flags.NArg() > 0 {
		return o, fmt.Errorf("unexpected argument %q", flags.Arg(0))
	}
	return o, o.check()
}

func define(flags *flag.FlagSet, o *options) {
	flags.StringVar(&o.addr, "addr", "127.0.0.1:8080", "`address` to listen on, host:port or unix:/path; port 0 picks a free one")
	flags.DurationVar(&o.idleTimeout, "idle-timeout", 5*time.Second, "how long a connection may be silent between requests")
	flags.IntVar(&o.maxConnections, "max-connections", 10_000, "most connections at once; further ones wait")
	flags.TextVar(&o.logLevel, "log-level", slog.LevelInfo, "`level` of the actor log: debug, info, warn or error")
	flags.StringVar(&o.logFormat, "log-format", "text", "`format` of the actor log: text or json")
	flags.BoolVar(&o.demo, "demo", false, "add routes under /demo/ that keep state, crash and dawdle")
	flags.StringVar(&o.tlsCert, "tls-cert", "", "`file` with the certificate chain, as PEM: serve HTTPS")
	flags.StringVar(&o.tlsKey, "tls-key", "", "`file` with the private key of the certificate, as PEM")
	flags.Var(&o.proxies, "proxy-protocol", "`networks` of proxies that send the PROXY protocol, as 10.0.0.0/8,192.0.2.7")
}

// check refuses values that parse but make no sense.
func (o *options) check() error {
	path, isUnix := strings.CutPrefix(o.addr, "unix:")
	if _, _, err := net.SplitHostPort(o.addr); err != nil && !isUnix {
		return fmt.Errorf("--addr %q: not host:port, for example 127.0.0.1:8080", o.addr)
	}
	switch {
	case isUnix && path == "":
		return fmt.Errorf("--addr %q: no path, for example unix:/run/troupe.sock", o.addr)
	case o.tlsCert != "" && o.tlsKey == "":
		return errors.New("--tls-cert without --tls-key")
	case o.tlsCert == "" && o.tlsKey != "":
		return errors.New("--tls-key without --tls-cert")
	case o.idleTimeout <= 0:
		return fmt.Errorf("--idle-timeout %v: must be above 0", o.idleTimeout)
	case o.maxConnections <= 0:
		return fmt.Errorf("--max-connections %d: must be above 0", o.maxConnections)
	case o.logFormat != "text" && o.logFormat != "json":
		return fmt.Errorf("--log-format %q: must be text or json", o.logFormat)
	}
	return nil
}

// explained says what package flag leaves out: what would have been understood.
func explained(err error) error {
	return errors.New(strings.Replace(err.Error(), "parse error", "not understood (a duration is like 5s, a number like 100)", 1))
}

// variable is the environment variable of a flag: TROUPE_LOG_LEVEL for log-level.
func variable(name string) string {
	return "TROUPE_" + strings.ToUpper(strings.ReplaceAll(name, "-", "_"))
}

func names(flags *flag.FlagSet) (names []string) {
	flags.VisitAll(func(f *flag.Flag) { names = append(names, f.Name) })
	return names
}

func printUsage(w io.Writer, flags *flag.FlagSet) {
	fmt.Fprintf(w, "troupe serve runs the server until it is interrupted.\n\n")
	flags.VisitAll(func(f *flag.Flag) {
		kind, text := flag.UnquoteUsage(f)
		fmt.Fprintf(w, "  --%-28s %s\n  %-30s default %s, or $%s\n",
			strings.TrimSpace(f.Name+" "+kind), text, "", cmp.Or(f.DefValue, "none"), variable(f.Name))
	})
}
