package machine

import "testing"

func TestResidentMemory(t *testing.T) {
	for name, want := range map[string]int{"VmRSS": 12345, "VmHWM": 9} {
		got, err := memoryLine("Name:\tx\nVmHWM:\t 9 kB\nVmRSS:\t   12345 kB\nRssAnon:\t1 kB\n", name)
		if err != nil || got != want {
			t.Errorf("%s is %d, %v, want %d", name, got, err, want)
		}
	}
	for _, status := range []string{"", "VmRSS:\t12\n", "VmRSS:\tx kB\n"} {
		if _, err := memoryLine(status, "VmRSS"); err == nil {
			t.Errorf("%q: no error", status)
		}
	}
}
