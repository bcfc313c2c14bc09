package poison

import (
	"context"
	"strings"
	"time"

	"github.com/troupe-go/troupe/cmd/bench/internal/cli"
	"github.com/troupe-go/troupe/cmd/bench/load"
)

const (
	goodRate = 500 // good requests a second
	patience = 2 * time.Second
	settling = time.Second
	visitors = 4 // that ask as fast as they can
)

// A dose is how often a request comes on which the handler panics, beside the good ones.
type dose struct {
	name   string
	rate   float64 // a second
	asFast bool    // as fast as the server answers, instead
}

func doses() []dose {
	return []dose{
		{name: "none"},
		{name: "1 in 5 s", rate: 0.2},
		{name: "1 in 1 000", rate: goodRate / 1000.0},
		{name: "2 a second", rate: 2},
		{name: "10 a second", rate: 10},
		{name: "as fast as possible", asFast: true},
	}
}

// dosesNamed returns all doses, or the one of that name with "none", for comparison.
func dosesNamed(name string) ([]dose, error) {
	if name == "" {
		return doses(), nil
	}
	var names []string
	for _, d := range doses()[1:] {
		if d.name == name {
			return []dose{doses()[0], d}, nil
		}
		names = append(names, d.name)
	}
	return nil, cli.Mistake("--dose: unknown dose %q; there are %s", name, strings.Join(names, ", "))
}

// give makes the poisonous requests while the good ones are made. Those that are not answered 503 count as failed:
// net/http closes the connection.
func (d dose) give(ctx context.Context, addr string, request []byte, lasting time.Duration) load.Tally {
	switch {
	case d.asFast:
		loop := load.ClosedLoop{Addr: addr, Request: request, Patience: patience, Visitors: visitors}
		return loop.Ask(ctx, 0, settling+lasting)
	case d.rate > 0:
		loop := &load.OpenLoop{Addr: addr, Request: request, Patience: patience}
		return loop.Offer(ctx, d.rate, 0, settling+lasting)
	default:
		return load.Tally{}
	}
}
