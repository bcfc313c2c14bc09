package process

import "testing"

func TestAddressIn(t *testing.T) {
	if got, err := addressIn("listening on 127.0.0.1:80\n"); err != nil || got != "127.0.0.1:80" {
		t.Errorf("got %q, %v", got, err)
	}
	for _, line := range []string{"", "panic: no\n"} {
		if _, err := addressIn(line); err == nil {
			t.Errorf("%q: no error", line)
		}
	}
}
