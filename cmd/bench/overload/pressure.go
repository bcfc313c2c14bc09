package overload

import (
	"fmt"

	"github.com/troupe-go/troupe/cmd/bench/internal/roster"
)

// rivalNames lists the servers that can run a handler; nginx cannot.
func rivalNames() []string { return []string{roster.Troupe, roster.NetHTTP, roster.FastHTTP} }

// A pressure is a load as a multiple of the server's capacity.
type pressure int

// String names the load as the report does.
func (p pressure) String() string { return fmt.Sprintf("%d× capacity", int(p)) }

func pressures() []pressure { return []pressure{1, 2, 10} }
