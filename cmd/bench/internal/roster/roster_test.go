package roster

import "testing"

func TestRotated(t *testing.T) {
	names := []string{"a", "b", "c"}
	for round, want := range []string{"a", "b", "c", "a"} {
		if got := Rotated(names, round); got[0] != want || len(got) != 3 {
			t.Errorf("round %d begins %v, want %s first", round, got, want)
		}
	}
}
