package main

import (
	"fmt"
	"os/exec"
	"runtime"
	"strings"
	"time"
)

// circumstances are what a reader has to know of a run besides its figures.
type circumstances struct{ date, commit, machine, software, command string }

func describe(command, software string) circumstances {
	return circumstances{
		date:   time.Now().Format(time.DateOnly),
		commit: commit(),
		machine: fmt.Sprintf("%s, %d cores, Linux %s",
			cpuModel(), runtime.NumCPU(), kernel()),
		software: software,
		command:  "go run . " + command,
	}
}

// heading is what stands above the figures of a page: the circumstances, a remark, the command.
func (c circumstances) heading(remark string) string {
	return fmt.Sprintf("Measured on %s, %s, on %s, with %s. %s\n\n```sh\ncd cmd/bench && %s\n```\n\n",
		c.date, c.commit, c.machine, c.software, remark, c.command)
}

// commit names what was measured. Changes to the documentation do not count: the run itself
// writes there.
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
