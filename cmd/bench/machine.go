package main

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"slices"
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

func cpuModel() string {
	info, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return "unknown CPU"
	}
	return modelName(string(info))
}

// modelName finds the model of the first CPU in a /proc/cpuinfo; some architectures name none.
func modelName(cpuinfo string) string {
	for line := range strings.Lines(cpuinfo) {
		name, value, found := strings.Cut(line, ":")
		if found && strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return runtime.GOARCH
}

func kernel() string {
	release, err := os.ReadFile("/proc/sys/kernel/osrelease")
	if err != nil {
		return "of unknown release"
	}
	return strings.TrimSpace(string(release))
}

// software names the versions of the servers that took part, and of the tools besides.
func software(peers []string, tools ...string) string {
	versions := []string{runtime.Version()}
	if slices.Contains(peers, "fasthttp") {
		versions = append(versions, "fasthttp "+moduleVersion("github.com/valyala/fasthttp"))
	}
	if slices.Contains(peers, "nginx") {
		versions = append(versions, "nginx "+versionIn(toldBy("nginx", "-v")))
	}
	return strings.Join(append(versions, tools...), ", ")
}

func moduleVersion(path string) string {
	info, ok := debug.ReadBuildInfo()
	if ok {
		for _, module := range info.Deps {
			if module.Path == path {
				return module.Version
			}
		}
	}
	return "of unknown version"
}

// toldBy is what a program prints. That it also fails means nothing: wrk -v ends with status 1.
func toldBy(program string, args ...string) string {
	output, _ := exec.Command(program, args...).CombinedOutput()
	return string(output)
}

// versionIn is the first word that has a digit after a slash, or begins with a digit: both
// "nginx version: nginx/1.22.1" and "wrk debian/4.1.0-3 [epoll]" have one.
func versionIn(text string) string {
	for _, word := range strings.Fields(text) {
		version := word[strings.LastIndexByte(word, '/')+1:]
		if version != "" && version[0] >= '0' && version[0] <= '9' {
			return version
		}
	}
	return "of unknown version"
}
