package actors

import (
	"fmt"
	"log/slog"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"
)

// noLog is for tests whose log nobody reads.
var noLog = slog.New(slog.DiscardHandler)

// TestMain fails if a test leaves goroutines behind: a leak is a failure.
func TestMain(m *testing.M) {
	status := m.Run()
	if leaked := leakedGoroutines(); status == 0 && len(leaked) > 0 {
		fmt.Fprintf(os.Stderr, "%d goroutines are left behind:\n\n%s\n", len(leaked), strings.Join(leaked, "\n\n"))
		status = 1
	}
	os.Exit(status)
}

// leakedGoroutines are those of this package and of the actor library, and what they wait for. Those
// that are about to end get a moment.
func leakedGoroutines() (leaked []string) {
	stacks := make([]byte, 1<<20)
	for giveUp := time.Now().Add(3 * time.Second); time.Now().Before(giveUp); runtime.Gosched() {
		leaked = leaked[:0]
		for _, stack := range strings.Split(string(stacks[:runtime.Stack(stacks, true)]), "\n\n") {
			ours := strings.Contains(stack, "troupe/actors.") || strings.Contains(stack, "protoactor-go")
			if ours && !strings.Contains(stack, "actors.TestMain") {
				leaked = append(leaked, stack)
			}
		}
		if len(leaked) == 0 {
			break
		}
	}
	return leaked
}
