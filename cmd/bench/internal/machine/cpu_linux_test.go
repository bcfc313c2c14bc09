package machine

import (
	"os"
	"os/exec"
	"testing"
	"time"
)

func TestCPUTimeCountsWork(t *testing.T) {
	before, err := CPUTime(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	for start := time.Now(); time.Since(start) < 20*time.Millisecond; {
		continue // busy on purpose: this is the work that the clock has to show
	}
	after, err := CPUTime(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	if after <= before {
		t.Errorf("the clock went from %s to %s", before, after)
	}
}

func TestCPUTimeOfAProcessThatIsGone(t *testing.T) {
	cmd := exec.Command("true")
	if err := cmd.Run(); err != nil {
		t.Skip(err)
	}
	if used, err := CPUTime(cmd.Process.Pid); err == nil {
		t.Errorf("the clock shows %s, want an error", used)
	}
}
