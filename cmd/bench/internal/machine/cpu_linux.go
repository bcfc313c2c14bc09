package machine

import (
	"fmt"
	"time"

	"golang.org/x/sys/unix"
)

// CPUTime is the CPU that a process has used, in user and in system mode, by all its threads
// including those that have ended. It reads the clock that clock_getcpuclockid(3) names, which
// counts nanoseconds, where /proc/PID/stat counts ticks of 10 ms.
func CPUTime(pid int) (time.Duration, error) {
	const scheduled = 2 // CPUCLOCK_SCHED
	var used unix.Timespec
	if err := unix.ClockGettime(int32(^pid<<3|scheduled), &used); err != nil {
		return 0, fmt.Errorf("reading the CPU clock of process %d: %w", pid, err)
	}
	return time.Duration(used.Nano()), nil
}
