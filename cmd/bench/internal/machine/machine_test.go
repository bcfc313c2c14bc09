package machine

import (
	"runtime"
	"testing"
)

func TestModelName(t *testing.T) {
	if got := modelName("processor\t: 0\nmodel name\t: Some CPU @ 3 GHz\n"); got != "Some CPU @ 3 GHz" {
		t.Errorf("got %q", got)
	}
	if got := modelName("processor\t: 0\n"); got != runtime.GOARCH {
		t.Errorf("got %q, want the architecture where no model is named", got)
	}
}
