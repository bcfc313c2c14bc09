// Package machine asks the machine: for its processor, its clocks, its limits, and the memory of a process.
package machine

import (
	"os"
	"runtime"
	"strings"
)

// CPUModel names the processor.
func CPUModel() string {
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

// Kernel names the release of the kernel.
func Kernel() string {
	release, err := os.ReadFile("/proc/sys/kernel/osrelease")
	if err != nil {
		return "of unknown release"
	}
	return strings.TrimSpace(string(release))
}
