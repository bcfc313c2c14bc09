package main

import (
	"cmp"
	"log/slog"
	"net/netip"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"
	"github.com/troupe-go/troupe/actors"
)

// environ is a getenv that knows no more than what it is given.
func environ(values map[string]string) (all variables) {
	for name, value := range values {
		all = append(all, name+"="+value)
	}
	return all
}

// parseOptions reads settings as troupe serve does.
func parseOptions(args []string, environ variables) (options, error) {
	o, root := &options{}, &cobra.Command{Use: "troupe", SilenceErrors: true, SilenceUsage: true}
	all := serveSettings(o)
	serve := &cobra.Command{Use: "serve", Args: noArguments, RunE: func(*cobra.Command, []string) error { return o.read(all, environ) }}
	all.define(serve)
	root.AddCommand(serve)
	root.SetFlagErrorFunc(explained)
	root.SetArgs(completed(root, append([]string{"serve"}, args...)))
	err := root.Execute()
	return *o, err
}

func TestParseOptions(t *testing.T) {
	defaults := options{listening: listening{addr: addresses{"127.0.0.1:8080"}}, config: actors.Config{
		IdleTimeout: 5 * time.Second, HeadTimeout: 10 * time.Second, BodyTimeout: 10 * time.Second, BodyRate: 500,
		HandlerTimeout: 30 * time.Second, WriteTimeout: 10 * time.Second, WriteRate: 500, MaxConnections: 10_000, MaxQueue: 10_000,
		MaxQueueWait: 5 * time.Second, MaxContent: 1 << 30,
	}, drainTimeout: 10 * time.Second, site: site{index: "index.html"}, logging: logging{logFormat: "text"}}
	all := defaults
	all.config.IdleTimeout, all.config.MaxConnections = time.Minute, 7
	all.config.ErrorDetail = actors.DetailForLoopback // with the demo
	all.addr, all.logLevel, all.logFormat, all.demo, all.tlsCert, all.tlsKey = addresses{":80"}, slog.LevelDebug, "json", true, "c", "k"
	all.config.Proxies = proxies{
		netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("192.0.2.7/32"), netip.MustParsePrefix("2001:db8::/32"),
	}
	limits := defaults
	limits.drainTimeout, limits.errorDetail = time.Second, "all"
	limits.config = actors.Config{
		IdleTimeout: 1 * time.Second, HeadTimeout: 2 * time.Second, BodyTimeout: 3 * time.Second, BodyRate: 4,
		HandlerTimeout: 5 * time.Second, WriteTimeout: 6 * time.Second, WriteRate: 13, MaxConnections: 7, MaxConnectionsPerPeer: 8, MaxQueue: 9,
		MaxQueueWait: 10 * time.Second, MaxContent: 11, DrainDelay: 12 * time.Millisecond, ErrorDetail: actors.DetailForAll,
		HideQueries: true,
	}
	units := defaults
	units.config.BodyRate, units.config.WriteRate, units.config.MaxContent = 1<<10, -1, 1_000_000_000
	proxied := defaults
	proxied.behindProxy, proxied.config.IdleTimeout, proxied.config.MaxConnectionsPerPeer = true, proxyIdleTimeout, -1
	chosen := proxied
	chosen.config.IdleTimeout, chosen.config.MaxConnectionsPerPeer = 90*time.Second, 5
	named := proxied
	named.config.Proxies, named.config.MaxConnectionsPerPeer = proxies{netip.MustParsePrefix("10.0.0.0/8")}, 0
	openDemo := proxied
	openDemo.demo = true
	unix := defaults
	unix.addr, unix.socketMode = addresses{"unix:/s"}, 0o660
	environment := map[string]string{
		"TROUPE_ADDR": ":80", "TROUPE_IDLE_TIMEOUT": "1m", "TROUPE_MAX_CONNECTIONS": "7",
		"TROUPE_LOG_LEVEL": "debug", "TROUPE_LOG_FORMAT": "json", "TROUPE_DEMO": "true",
		"TROUPE_TLS_CERT": "c", "TROUPE_TLS_KEY": "k", "TROUPE_PROXY_PROTOCOL": "10.1.2.3/8, 192.0.2.7,2001:db8::/32",
	}
	for _, test := range []struct {
		name, args string
		env        map[string]string
		want       options
	}{
		{"nothing said", "", nil, defaults},
		{"units", "--body-rate 1KiB --write-rate -1 --max-content 1GB", nil, units},
		{"behind a proxy", "--behind-proxy", nil, proxied},
		{"behind a proxy, otherwise", "--behind-proxy --idle-timeout 90s", map[string]string{"TROUPE_MAX_CONNECTIONS_PER_PEER": "5"}, chosen},
		{"behind a proxy that names its clients", "--behind-proxy --proxy-protocol 10.0.0.0/8", nil, named},
		{"a demo that everybody sees", "--behind-proxy --demo", nil, openDemo},
		{"a mode", "--addr unix:/s --socket-mode 660", nil, unix},
		{"flags", "--addr :80 --idle-timeout 1m --max-connections 7 --log-level debug --log-format json --demo " +
			"--tls-cert c --tls-key k --proxy-protocol 10.0.0.0/8,::ffff:192.0.2.7,2001:db8::/32", nil, all},
		{"limits", "--idle-timeout 1s --head-timeout 2s --body-timeout 3s --body-rate 4 --handler-timeout 5s --write-timeout 6s " +
			"--max-connections 7 --max-connections-per-peer 8 --max-queue 9 --max-queue-wait 10s --max-content 11 " +
			"--drain-delay 12ms --drain-timeout 1s --error-detail all --hide-queries --write-rate 13", nil, limits},
		{"one dash, and =", "-addr=:80 -idle-timeout=1m -max-connections=7 -log-level=DEBUG -log-format=json -demo=true " +
			"-tls-cert=c -tls-key=k -proxy-protocol=10.0.0.0/8,192.0.2.7,2001:db8::/32", nil, all},
		{"environment", "", environment, all},
		{"an empty variable counts as none", "", map[string]string{"TROUPE_ADDR": "", "TROUPE_LOG_LEVEL": ""}, defaults},
		{"flags over environment", "--addr 127.0.0.1:8080 --idle-timeout 5s --max-connections 10000 --log-level info " +
			"--log-format text --demo=false", environment, withTransports(defaults, all)},
		{"the last flag", "--proxy-protocol 192.0.2.7 --proxy-protocol 10.0.0.0/8,192.0.2.7,2001:db8::/32 --tls-key k " +
			"--tls-cert c", nil, withTransports(defaults, all)},
		{"flag over a senseless variable", "--addr 127.0.0.1:8080", map[string]string{"TROUPE_ADDR": "nonsense"}, defaults},
	} {
		got, err := parseOptions(strings.Fields(test.args), environ(test.env))
		if err != nil || !reflect.DeepEqual(got, test.want) {
			t.Errorf("%s: %+v, %v; want %+v", test.name, got, err, test.want)
		}
	}
}

// withTransports are the first options with the transports of the second.
func withTransports(o, from options) options {
	o.tlsCert, o.tlsKey, o.config.Proxies = from.tlsCert, from.tlsKey, from.config.Proxies
	return o
}

func TestParseOptionsMistakes(t *testing.T) {
	for _, test := range []struct{ args, name, value, want string }{
		{"--addr nonsense", "", "", `--addr "nonsense": not host:port`},
		{"--addr=", "", "", `--addr "": not host:port`},
		{"--addr ::1:80", "", "", `--addr "::1:80": not host:port`},
		{"--addr unix:", "", "", `--addr "unix:": no path`},
		{"--behind-proxy --error-detail loopback", "", "", "--error-detail loopback with --behind-proxy"},
		{"--max-content 1,5GB", "", "", `--max-content "1,5GB": must be a number of octets`},
		{"--tls-cert= --tls-key=", "", "", `--tls-cert "": no file`},
		{"--tls-cert c", "", "", "--tls-cert without --tls-key"},
		{"--tls-key k", "", "", "--tls-key without --tls-cert"},
		{"", "TROUPE_TLS_CERT", "c", "TROUPE_TLS_CERT without --tls-key"},
		{"--proxy-protocol 10.0.0.0/33", "", "", `--proxy-protocol "10.0.0.0/33": "10.0.0.0/33" is neither`},
		{"--proxy-protocol a,b", "", "", `--proxy-protocol "a,b": "a" is neither`},
		{"", "TROUPE_PROXY_PROTOCOL", "10.0.0.0/8,", `TROUPE_PROXY_PROTOCOL: "10.0.0.0/8,": "" is neither`},
		{"--addr", "", "", "there is no value for --addr"},
		{"--idle-timeout 0", "", "", "--idle-timeout 0s: must be above 0"},
		{"--handler-timeout 0s", "", "", "--handler-timeout 0s: must be above 0"},
		{"--max-content 0", "", "", "--max-content 0: must be above 0"},
		{"--body-rate 0", "", "", "--body-rate 0: must be above 0, or -1"},
		{"--write-rate -2", "", "", "--write-rate -2: must be above 0, or -1"},
		{"--max-connections-per-peer -2", "", "", "--max-connections-per-peer -2: must be above 0"},
		{"--error-detail some", "", "", `--error-detail "some": must be none, loopback or all`},
		{"--drain-delay 10s", "", "", "--drain-delay 10s: must be at least 0, and below --drain-timeout"},
		{"--idle-timeout 5", "", "", `--idle-timeout "5": must be a duration, for example 5s`},
		{"--max-connections -1", "", "", "--max-connections -1: must be above 0"},
		{"--max-connections many", "", "", `--max-connections "many": must be a whole number`},
		{"--log-level loud", "", "", `--log-level "loud": must be debug, info, warn or error`},
		{"--log-format yaml", "", "", `--log-format "yaml": must be text or json`},
		{"--applause", "", "", "there is no flag --applause"},
		{"--demo=xyz", "", "", `--demo "xyz": must be true or false`},
		{"--addr :99999", "", "", `--addr ":99999": "99999" is no port`},
		{"--demo false", "", "", `unexpected argument "false"`}, // without DIR
		{"", "TROUPE_ADDR", "nonsense", `TROUPE_ADDR "nonsense": not host:port`},
		{"--max-queue 1", "TROUPE_MAX_CONNECTIONS", "-1", `TROUPE_MAX_CONNECTIONS -1: must be above 0`},
		{"--max-connections -1", "TROUPE_MAX_CONNECTIONS", "7", `--max-connections -1: must be above 0`},
		{"--addr 127.0.0.1:", "", "", `--addr "127.0.0.1:": not host:port`},
		{"--max-content 1XB", "", "", `--max-content "1XB": must be a number of octets, for example`},
		{"--max-content 99999999999999999999", "", "", `--max-content "99999999999999999999": must be a number of octets`},
		{"", "TROUPE_MAX_CONTENT", "lots", `TROUPE_MAX_CONTENT: "lots": must be a number of octets`},
		{"--socket-mode 0660", "", "", "--socket-mode without a Unix socket"},
		{"--socket-mode rw", "", "", `--socket-mode "rw": must be the mode of a file`},
		{"", "TROUPE_IDLE_TIMEOUT", "5", `TROUPE_IDLE_TIMEOUT: "5": must be a duration`},
		{"", "TROUPE_MAX_CONNECTIONS", "many", `TROUPE_MAX_CONNECTIONS: "many": `},
		{"", "TROUPE_LOG_LEVEL", "loud", `TROUPE_LOG_LEVEL: "loud": must be debug`},
		{"", "TROUPE_LOG_FORMAT", "yaml", `TROUPE_LOG_FORMAT "yaml": must be text or json`},
		{"", "TROUPE_DEMO", "perhaps", `TROUPE_DEMO: "perhaps": must be true or false`},
	} {
		_, err := parseOptions(strings.Fields(test.args), environ(map[string]string{test.name: test.value}))
		if err == nil || !strings.HasPrefix(err.Error(), test.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s=%s troupe %s: %v, want one line that begins %s", test.name, test.value, test.args, err, test.want)
		}
	}
}

func TestUsageNamesEveryFlagWithItsVariable(t *testing.T) {
	var text, stderr strings.Builder
	if status := run([]string{"--help"}, environ(nil), &text, &stderr); status != exitOK || stderr.Len() > 0 {
		t.Fatalf("--help: exit status %d, %q", status, stderr.String())
	}
	for _, s := range serveSettings(&options{}) {
		_, about, found := strings.Cut(text.String(), "  --"+s.name+" ")
		if !found || !strings.Contains(about, "default "+cmp.Or(s.initial, "none")+", or $"+variable(s.name)+"\n") {
			t.Errorf("--%s, its default and $%s are not in\n%s", s.name, variable(s.name), text.String())
		}
	}
	for _, what := range []string{"Signals: the first SIGINT, SIGTERM or SIGHUP drains", "Exit status: 0 if"} {
		if !strings.Contains(text.String(), what) {
			t.Errorf("want %q in the help", what)
		}
	}
}

// A variable that looks like ours but sets nothing is probably a typo.
func TestUnknownVariables(t *testing.T) {
	env := environ(map[string]string{"TROUPE_ADDR": "x", "TROUPE_ADRESS": "y", "TROUPE_": "", "PATH": "z",
		"TROUPE_SERVICE_HOST": "10.0.0.1", "TROUPE_PORT_8080_TCP_ADDR": "10.0.0.1", "TROUPE_PORT": "tcp://10.0.0.1:8080"})
	if got := env.unknown(); !slices.Equal(got, []string{"TROUPE_", "TROUPE_ADRESS"}) {
		t.Errorf("got %q", got)
	}
	if got := environ(map[string]string{"TROUPE_PORT": "80"}).unknown(); len(got) != 1 {
		t.Errorf("want the likeliest slip of all, got %q", got)
	}
	var log strings.Builder
	env.warnOfUnknown(slog.New(slog.NewTextHandler(&log, nil)))
	if strings.Count(log.String(), "\n") != 2 || !strings.Contains(log.String(), `level=WARN msg="unknown variable" actor=server name=TROUPE_ADRESS`) {
		t.Errorf("got %q", log.String())
	}
}
