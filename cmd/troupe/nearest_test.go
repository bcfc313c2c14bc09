package main

import "testing"

func TestNearest(t *testing.T) {
	names := []string{"addr", "idle-timeout", "head-timeout", "demo", "tls-cert", "tls-key"}
	for word, want := range map[string]string{
		"adr": "addr", "adddr": "addr", "ADDR": "addr", "idle_timeout": "idle-timeout", "idleTimeout": "idle-timeout", "idel-timeout": "idle-timeout",
		"heat-timeout": "head-timeout", "tls-kay": "tls-key", "applause": "", "": "", "x": "", "no": "",
	} {
		if got := nearest(word, names); got != want {
			t.Errorf("%q: got %q, want %q", word, got, want)
		}
	}
}

func TestDistance(t *testing.T) {
	for _, test := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"abc", "abc", 0}, {"", "abc", 3}, {"abc", "", 3}, {"kitten", "sitting", 3}, {"flaw", "lawn", 2}, {"ab", "ba", 2}} {
		if got := distance(test.a, test.b); got != test.want {
			t.Errorf("from %q to %q: got %d, want %d", test.a, test.b, got, test.want)
		}
	}
}
