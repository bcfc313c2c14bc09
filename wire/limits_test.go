package wire

import "testing"

func TestWithDefaults(t *testing.T) {
	if got, want := (Limits{}).WithDefaults(), (Limits{8 << 10, 64 << 10, 100, 8 << 20}); got != want {
		t.Errorf("the defaults are %+v, design.md says %+v", got, want)
	}
	set := Limits{1, 2, 3, -1}
	if got := set.WithDefaults(); got != set {
		t.Errorf("%+v became %+v, only zero fields have a default", set, got)
	}
}
