package machine

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

// Settling is how long a server is left alone before its memory is read.
const Settling = 2 * time.Second

// Resident returns the resident memory of a process.
func Resident(pid int) (kib int, err error) { return statusOf(pid, "VmRSS") }

// HighestResident returns the highest resident memory that a process has had.
func HighestResident(pid int) (kib int, err error) { return statusOf(pid, "VmHWM") }

func statusOf(pid int, name string) (kib int, err error) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, err
	}
	return memoryLine(string(status), name)
}

// memoryLine finds a line of a /proc/PID/status: VmRSS, or VmHWM, the highest that it has been.
func memoryLine(status, name string) (kib int, err error) {
	for line := range strings.Lines(status) {
		rest, found := strings.CutPrefix(line, name+":")
		if !found {
			continue
		}
		words := strings.Fields(rest)
		if len(words) != 2 || words[1] != "kB" {
			return 0, fmt.Errorf("%s is %q, not a number of kB", name, strings.TrimSpace(rest))
		}
		return strconv.Atoi(words[0])
	}
	return 0, fmt.Errorf("/proc/PID/status has no %s", name)
}
