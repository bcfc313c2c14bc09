package speed

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/troupe-go/troupe/cmd/bench/internal/cli"
	"github.com/troupe-go/troupe/cmd/bench/speed/wrk"
)

func parseOptions(args []string) (options, error) {
	var o options
	err := cli.Parse(&o, args)
	return o, err
}

func TestDefaultOptions(t *testing.T) {
	o, err := parseOptions(nil)
	if err != nil {
		t.Fatal(err)
	}
	want := fmt.Sprintf("run --rounds 5 --for 3s --connections 1,64,512 --pipeline 16 --echo 65536 --threads %d --idle 4000 "+
		"--peers troupe,nethttp,fasthttp,nginx --write", max(runtime.NumCPU()/2, 1))
	if o.Command() != want {
		t.Errorf("the command is\n%s\nwant\n%s", o.Command(), want)
	}
	if len(o.loads()) != 5 {
		t.Errorf("loads %v, want three unpipelined, one pipelined and one with content", o.loads())
	}
}

func TestOptions(t *testing.T) {
	args := strings.Fields("--rounds 2 --for 1s --connections= --pipeline 8 --echo 0 --threads 1 --idle 0 --peers nginx,troupe --out x")
	o, err := parseOptions(args)
	if err != nil {
		t.Fatal(err)
	}
	want := "run --rounds 2 --for 1s --connections '' --pipeline 8 --echo 0 --threads 1 --idle 0 --peers nginx,troupe --write"
	if o.Command() != want {
		t.Errorf("the command is\n%s\nwant\n%s", o.Command(), want)
	}
	if loads := o.loads(); len(loads) != 1 || loads[0] != (wrk.Load{Connections: pipelinedConnections, Depth: 8, Threads: 1}) {
		t.Errorf("loads %v, want the pipelined one alone", loads)
	}
}

func TestBadOptions(t *testing.T) {
	for args, want := range map[string]string{
		"--rounds 0":        "--rounds",
		"--rounds x":        "rounds",
		"--for 1500ms":      "whole seconds",
		"--for 1h":          "at most 10m",
		"--connections 1,x": "not a whole number",
		"--connections 0":   "at least 1",
		"--pipeline -1":     "--pipeline",
		"--idle -1":         "--idle",
		"--echo -1":         "--echo",
		"--echo 5000000":    "--echo",
		"--threads 0":       "--threads",
		"--connections= --pipeline 0 --echo 0 --idle 0": "nothing to measure",
		"--peers apache":        `unknown server "apache"`,
		"--peers troupe,troupe": "named twice",
		"--peers=":              `unknown server ""`,
		"--write --profile x":   "exclude each other",
		"--colour":              "-colour",
		"more":                  `unexpected argument "more"`,
	} {
		_, err := parseOptions(strings.Fields(args))
		var mistaken *cli.UsageError
		if !errors.As(err, &mistaken) {
			t.Errorf("%s: error %v, want a usage error", args, err)
			continue
		}
		if !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %q, want one line with %q", args, err, want)
		}
	}
}
