package page

import (
	"fmt"
	"os/exec"
	"runtime"
	"strings"
	"time"

	"github.com/troupe-go/troupe/cmd/bench/internal/machine"
)

// Circumstances are what a reader must know of a run besides its figures.
type Circumstances struct {
	Date    string // of the run
	Commit  string // that was measured
	Command string // that repeats the run

	machine, software string
}

// Describe returns the circumstances of a run that ends now: its command line and what software took part.
func Describe(command, software string) Circumstances {
	return Circumstances{
		Date:   time.Now().Format(time.DateOnly),
		Commit: commit(),
		machine: fmt.Sprintf("%s, %d cores, Linux %s",
			machine.CPUModel(), runtime.NumCPU(), machine.Kernel()),
		software: software,
		Command:  "go run . " + command,
	}
}

// Heading is the text above the figures of a page: the circumstances, a remark, the command.
func (c Circumstances) Heading(remark string) string {
	return fmt.Sprintf("Measured on %s, %s, on %s, with %s. %s\n\n```sh\ncd cmd/bench && %s\n```\n\n",
		c.Date, c.Commit, c.machine, c.software, remark, c.Command)
}

// commit names the measured commit. Changes to the documentation do not count: the run itself writes there.
func commit() string {
	hash, err := exec.Command("git", "rev-parse", "--short", "HEAD").Output()
	if err != nil {
		return "not committed yet"
	}
	name := "commit " + strings.TrimSpace(string(hash))
	changes, err := exec.Command("git", "status", "--porcelain", "--", ":/", ":!/docs").Output()
	if err == nil && len(changes) > 0 {
		name += " with changes not committed"
	}
	return name
}
