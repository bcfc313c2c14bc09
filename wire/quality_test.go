package wire

import (
	"fmt"
	"testing"
)

func TestParseQuality(t *testing.T) {
	for value, want := range map[string]quality{
		"0": 0, "1": 1000, "0.": 0, "1.": 1000, "0.5": 500, "0.05": 50, "0.005": 5, "0.123": 123, "0.000": 0, "1.000": 1000,
		"0.999": 999, ".2": 200, ".123": 123, "1.0": 1000,
		"": -1, ".": -1, "2": -1, "1.001": -1, "1.1": -1, "0.1234": -1, "1.0000": -1, "-1": -1, "+1": -1, "00": -1, "0,5": -1,
		"0.a": -1, "0.5a": -1, "1e0": -1, " 1": -1, "01": -1, "10": -1, ".1234": -1, "0.-1": -1, "NaN": -1, `"1"`: -1, "0..": -1,
		".0.": -1, "q": -1,
	} {
		if q, ok := parseQuality(value); ok != (want >= 0) || ok && q != want {
			t.Errorf("RFC 9110 §12.4.2: %q is %d, %v, want %d", value, q, ok, want)
		}
	}
	for n := range 1000 {
		if q, ok := parseQuality(fmt.Sprintf("0.%03d", n)); !ok || q != quality(n) {
			t.Errorf("RFC 9110 §12.4.2: %03d thousandths are %d, %v", n, q, ok)
		}
	}
}

func TestParseWeighted(t *testing.T) {
	for member, want := range map[string]string{
		"gzip": "gzip 1000 true", "gzip;q=0.5": "gzip 500 true", "GZIP \t;\t Q=0.5": "GZIP 500 true", "*;q=0": "* 0 true",
		"gzip;": " 0 false", "gzip;q": " 0 false", "gzip;x=1": " 0 false", "gzip q=1": " 0 false", "gzip;q =1": " 0 false",
		";q=1": " 0 false", "": " 0 false", "a b": " 0 false",
	} {
		name, q, ok := parseWeighted(member)
		if got := fmt.Sprint(name, " ", int(q), " ", ok); got != want {
			t.Errorf("RFC 9110 §12.4.2: %q is %s, want %s", member, got, want)
		}
	}
	for _, member := range []string{"gzip;q=2", "gzip;q=0.5;q=1", "gzip;q=", "gzip;q=0.5;x=1", "gzip;q= 1"} {
		if _, _, ok := parseWeighted(member); ok {
			t.Errorf("RFC 9110 §12.4.2: %q is accepted", member)
		}
	}
}
