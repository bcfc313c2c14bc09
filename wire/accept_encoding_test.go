package wire

import (
	"slices"
	"strings"
	"testing"
)

func TestPreferredCoding(t *testing.T) {
	for _, test := range []struct{ name, acceptEncoding, codings, want string }{
		{"example 1", "compress, gzip", "br|gzip", "gzip"},
		{"example 2, empty", "", "br|gzip", "identity"},
		{"example 3, all", "*", "br|gzip", "br"},
		{"example 4", "compress;q=0.5, gzip;q=1.0", "compress|gzip", "gzip"},
		{"example 5", "gzip;q=1.0, identity; q=0.5, *;q=0", "br|gzip", "gzip"},
		{"example 5, without gzip", "gzip;q=1.0, identity; q=0.5, *;q=0", "br", "identity"},
		{"a browser", "gzip, deflate, br, zstd", "zstd|br|gzip", "zstd"},
		{"the server's order", "gzip, br", "br|gzip", "br"},
		{"the client's quality", "gzip, br;q=0.9", "br|gzip", "gzip"},
		{"none listed", "deflate", "br|gzip", "identity"},
		{"no codings", "gzip", "", "identity"},
		{"excluded", "gzip;q=0", "gzip", "identity"},
		{"excluded, and all others not", "gzip;q=0, *", "gzip|br", "br"},
		{"hardly wanted is more than not listed", "gzip;q=0.001", "gzip", "gzip"},
		{"identity is preferred", "gzip;q=0.5, identity", "gzip", "identity"},
		{"identity is preferred by *", "gzip;q=0.5, *", "gzip", "identity"},
		{"identity is as good", "gzip, identity", "gzip", "gzip"},
		{"identity is as good, and first for the server", "gzip, identity", "identity|gzip", "identity"},
		{"identity is excluded", "gzip;q=0.1, identity;q=0", "gzip", "gzip"},
		{"identity is excluded, and all else not there", "gzip, identity;q=0", "br", ""},
		{"identity is excluded by *", "gzip, *;q=0", "br", ""},
		{"identity is excluded by *, and named", "*;q=0, identity;q=0.1", "gzip", "identity"},
		{"all are excluded", "*;q=0", "gzip", ""},
		{"all are excluded, by an odd zero", "* ; Q=0.000", "gzip", ""},
		{"identity is excluded, and named by the server", "identity;q=0", "identity", ""},
		{"case", "GZIP;Q=0.5", "gzip", "gzip"},
		{"§8.4.1.3 x-gzip", "x-gzip", "gzip", "gzip"},
		{"§8.4.1.3 x-gzip of the server", "gzip", "X-Gzip", "X-Gzip"},
		{"§8.4.1.3 x-gzip excluded", "X-GZIP;q=0, *", "gzip", "identity"},
		{"§8.4.1.1 x-compress", "x-compress", "compress", "compress"},
		{"no other has an alias", "x-br", "br", "identity"},
		{"malformed members are skipped", "gzip;x=1, br;q=2, @, zstd;q=, deflate;q=0.1", "gzip|br|zstd|deflate", "deflate"},
		{"nothing well-formed", "gzip;q", "gzip", "identity"},
		{"several field lines", "gzip;q=0.5|br", "gzip|br", "br"},
		{"several field lines, one empty", "|gzip", "gzip", "gzip"},
		{"the highest of the same", "gzip;q=0.1, gzip;q=0.9, br;q=0.5", "br|gzip", "gzip"},
		{"a coding that begins alike", "gzi, gzipp", "gzip", "identity"},
	} {
		t.Run("§12.5.3 "+test.name, func(t *testing.T) {
			codings := slices.DeleteFunc(strings.Split(test.codings, "|"), func(c string) bool { return c == "" })
			if got := PreferredCoding(strings.Split(test.acceptEncoding, "|"), codings...); got != test.want {
				t.Errorf("of %s, %q prefers %q, want %q", test.codings, test.acceptEncoding, got, test.want)
			}
		})
	}
	if got := PreferredCoding(nil, "gzip"); got != "identity" {
		t.Errorf("RFC 9110 §12.5.3: without Accept-Encoding, the coding is %q", got)
	}
}

// Invariant: one of the codings is returned, "identity" or "", the same however the field is cut into lines, and
// nothing that is excluded by name.
func FuzzPreferredCoding(f *testing.F) {
	f.Add("gzip;q=1.0, identity; q=0.5, *;q=0", "br")
	f.Add("", "x-gzip;q=.5")
	f.Add("@, gzip;q=2", "*")
	f.Fuzz(func(t *testing.T, first, second string) {
		codings := []string{"zstd", "br", "gzip"}
		got := PreferredCoding([]string{first, second}, codings...)
		if got != "" && got != "identity" && !slices.Contains(codings, got) {
			t.Fatalf("%q, %q prefers %q", first, second, got)
		}
		if joined := PreferredCoding([]string{first + "," + second}, codings...); joined != got {
			t.Fatalf("%q, %q prefers %q, on one line %q", first, second, got, joined)
		}
		for _, coding := range append(codings, "identity") {
			q, listed := codingQuality([]string{first, second}, coding)
			if best, _ := codingQuality([]string{first, second}, got); q > best || coding == got && listed && q == 0 {
				t.Fatalf("%q, %q prefers %q, but %q has the quality %d", first, second, got, coding, q)
			}
		}
	})
}
