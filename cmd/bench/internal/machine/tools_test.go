package machine

import "testing"

func TestVersionIn(t *testing.T) {
	for text, want := range map[string]string{
		"nginx version: nginx/1.22.1":             "1.22.1",
		"wrk debian/4.1.0-3+b2 [epoll] Copyright": "4.1.0-3+b2",
		"wrk 4.2.0 [kqueue]":                      "4.2.0",
		"":                                        "of unknown version",
	} {
		if got := VersionIn(text); got != want {
			t.Errorf("versionIn(%q) = %q, want %q", text, got, want)
		}
	}
}
