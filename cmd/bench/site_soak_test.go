package main

import "testing"

func TestRepeated(t *testing.T) {
	if got := repeated("abc", 7); got != "abcabca" {
		t.Errorf("got %q", got)
	}
}
