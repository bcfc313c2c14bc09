package wire

import "testing"

func TestPersists(t *testing.T) {
	for _, test := range []struct {
		name    string
		version Version
		options string
		want    bool
	}{
		{"§9.3 1.1", Version{1, 1}, "", true},
		{"§9.3 1.1, close", Version{1, 1}, "close", false},
		{"§9.3 1.1, close in a list", Version{1, 1}, "upgrade, Close", false},
		{"§9.3 1.1, another option", Version{1, 1}, "closed", true},
		{"§9.3 1.1, both", Version{1, 1}, "keep-alive, close", false},
		{"§9.3 1.9", Version{1, 9}, "", true},
		{"§9.3 1.0", Version{1, 0}, "", false},
		{"§9.3 1.0, keep-alive", Version{1, 0}, "Keep-Alive", true},
		{"§9.3 1.0, both", Version{1, 0}, "close, keep-alive", false},
		{"§9.3 1.0, another option", Version{1, 0}, "keep-alives", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			var options connectionOptions
			if broken := options.parseConnection(test.options); broken != nil {
				t.Fatalf("%q breaks %v", test.options, broken)
			}
			if got := persists(test.version, options); got != test.want {
				t.Errorf("%v with %q persists: %v", test.version, test.options, got)
			}
		})
	}
}

func TestParseConnection(t *testing.T) {
	for _, in := range []string{"clo se", "\"close\"", "close, @", "close;a"} {
		var options connectionOptions
		if broken := options.parseConnection(in); broken != ruleConnection {
			t.Errorf("RFC 9110 §7.6.1: %q breaks %v, want %v", in, broken, ruleConnection)
		}
	}
}
