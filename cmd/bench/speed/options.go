package speed

import (
	"flag"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/troupe-go/troupe/cmd/bench/internal/cli"
	"github.com/troupe-go/troupe/cmd/bench/internal/roster"
	"github.com/troupe-go/troupe/cmd/bench/internal/site"
	"github.com/troupe-go/troupe/cmd/bench/report/page"
	"github.com/troupe-go/troupe/cmd/bench/speed/wrk"
)

// pipelinedConnections is how many connections the pipelined load has.
const pipelinedConnections = 64

// echoConnections is how many connections send content and get it back.
const echoConnections = 64

// options are the flags of run.
type options struct {
	rounds      int
	lasting     time.Duration
	connections []int
	pipeline    int
	echo        int
	threads     int
	idle        int
	rivals      []string
	profile     string
	page.Publishing
}

// New returns the subcommand that measures the servers in health.
func New() cli.Subcommand { return &options{} }

// Register registers the flags, with their defaults.
func (o *options) Register(flags *flag.FlagSet) {
	*o = options{connections: []int{1, 64, 512}, rivals: roster.Names()}
	half := max(runtime.NumCPU()/2, 1)
	flags.IntVar(&o.rounds, "rounds", 5, "`number` of rounds; figures are medians over them")
	flags.DurationVar(&o.lasting, "for", 3*time.Second,
		"how long wrk loads a server each time, in whole seconds")
	flags.Var(cli.Ints(&o.connections), "connections", "`counts` of connections to load with; '' leaves them out")
	flags.IntVar(&o.pipeline, "pipeline", 16,
		fmt.Sprintf("`requests` pipelined, at %d connections; 0 leaves it out", pipelinedConnections))
	flags.IntVar(&o.echo, "echo", 64<<10,
		fmt.Sprintf("`octets` of content that are sent and echoed, at %d connections; 0 leaves it out", echoConnections))
	flags.IntVar(&o.threads, "threads", half,
		"`threads` of wrk at most; the default is half of the processors, so that the other half serves")
	flags.IntVar(&o.idle, "idle", 4000,
		"idle `connections` to measure memory with; 0 leaves it out")
	flags.Var(cli.Names(&o.rivals), "peers",
		"`servers` to measure; the first is compared with each of the others")
	o.RegisterWrite(flags, "the table and the chart")
	flags.StringVar(&o.profile, "profile", "",
		"`directory` for a CPU profile of each Go server, NAME.pprof")
}

// Validate returns nil if the values of the flags are allowed, or a cli.UsageError.
func (o *options) Validate() error {
	switch {
	case o.rounds < 1:
		return cli.Mistake("--rounds must be at least 1")
	case o.pipeline < 0 || o.pipeline > 1000:
		return cli.Mistake("--pipeline must be between 0 and 1000")
	case o.echo < 0 || o.echo > site.MaxEcho:
		return cli.Mistake("--echo must be between 0 and %d", site.MaxEcho)
	case o.threads < 1:
		return cli.Mistake("--threads must be at least 1")
	case o.idle < 0:
		return cli.Mistake("--idle must not be negative")
	case o.Write && o.profile != "":
		return cli.Mistake("--write and --profile exclude each other: profiling costs CPU, which would be published")
	case len(o.loads()) == 0 && o.idle == 0:
		return cli.Mistake("nothing to measure: --connections is empty, --pipeline, --echo and --idle are 0")
	}
	for _, n := range o.connections {
		if n < 1 {
			return cli.Mistake("--connections must be at least 1 each")
		}
	}
	for i, name := range o.rivals {
		if !slices.Contains(roster.Names(), name) {
			return cli.Mistake("--peers: unknown server %q; there are %s",
				name, strings.Join(roster.Names(), ", "))
		}
		if slices.Contains(o.rivals[:i], name) {
			return cli.Mistake("--peers: %s is named twice", name)
		}
	}
	return cli.WholeSeconds(o.lasting)
}

// loads are what wrk is asked to do, in the order in which the report shows them.
func (o *options) loads() []wrk.Load {
	var loads []wrk.Load
	for _, n := range o.connections {
		loads = append(loads, wrk.Load{Connections: n, Depth: 1})
	}
	if o.pipeline > 0 {
		loads = append(loads, wrk.Load{Connections: pipelinedConnections, Depth: o.pipeline})
	}
	if o.echo > 0 {
		loads = append(loads, wrk.Load{Connections: echoConnections, Depth: 1, Path: site.EchoPath, Content: o.echo})
	}
	for i := range loads {
		loads[i].Threads = o.threads
	}
	return loads
}

// Command returns the command line that repeats this run.
func (o *options) Command() string {
	connections := cli.Ints(&o.connections).String()
	if connections == "" {
		connections = "''"
	}
	return fmt.Sprintf("run --rounds %d --for %s --connections %s --pipeline %d --echo %d --threads %d --idle %d --peers %s --write",
		o.rounds, o.lasting, connections, o.pipeline, o.echo, o.threads, o.idle, strings.Join(o.rivals, ","))
}
