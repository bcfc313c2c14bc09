package main

import (
	"runtime"
	"testing"
)

func TestVersionIn(t *testing.T) {
	for text, want := range map[string]string{
		"nginx version: nginx/1.22.1":             "1.22.1",
		"wrk debian/4.1.0-3+b2 [epoll] Copyright": "4.1.0-3+b2",
		"wrk 4.2.0 [kqueue]":                      "4.2.0",
		"":                                        "of unknown version",
	} {
		if got := versionIn(text); got != want {
			t.Errorf("versionIn(%q) = %q, want %q", text, got, want)
		}
	}
}

func TestModelName(t *testing.T) {
	if got := modelName("processor\t: 0\nmodel name\t: Some CPU @ 3 GHz\n"); got != "Some CPU @ 3 GHz" {
		t.Errorf("got %q", got)
	}
	if got := modelName("processor\t: 0\n"); got != runtime.GOARCH {
		t.Errorf("got %q, want the architecture where no model is named", got)
	}
}

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
