package site

import "testing"

func TestRepeated(t *testing.T) {
	if got := Repeated("abc", 7); got != "abcabca" {
		t.Errorf("got %q", got)
	}
}
