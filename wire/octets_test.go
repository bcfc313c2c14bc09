package wire

import (
	"strings"
	"testing"
)

func TestClasses(t *testing.T) {
	const alphanumeric = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	for _, test := range []struct {
		name  string
		class octetClass
		is    func(c byte) bool
	}{
		{"RFC 9110 §5.6.2 tchar", tchar, func(c byte) bool {
			return strings.IndexByte("!#$%&'*+-.^_`|~"+alphanumeric, c) >= 0
		}},
		{"RFC 9110 §5.5 field-content", fieldOctet, func(c byte) bool {
			return c == '\t' || c >= ' ' && c != 0x7f
		}},
		{"§3.2 request-target", targetChar, func(c byte) bool {
			return c > ' ' && c < 0x7f && strings.IndexByte("\"#<>", c) < 0
		}},
		{"a path that needs no second look", plainPath, func(c byte) bool {
			return c > ' ' && c < 0x7f && strings.IndexByte("\"#<>%.?", c) < 0
		}},
		{"RFC 3986 §3.2.2 reg-name", hostChar, func(c byte) bool {
			return strings.IndexByte("-._~!$&'()*+,;=%"+alphanumeric, c) >= 0
		}},
		{"RFC 5234 §B.1 HEXDIG", hexDigit, func(c byte) bool {
			return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
		}},
		{"RFC 3986 §2.3 unreserved", unreserved, func(c byte) bool { return strings.IndexByte("-._~"+alphanumeric, c) >= 0 }},
		{"RFC 5234 §B.1 DIGIT", digit, func(c byte) bool { return '0' <= c && c <= '9' }},
	} {
		t.Run(test.name, func(t *testing.T) {
			for c := range 256 {
				if got := octets[c]&test.class != 0; got != test.is(byte(c)) {
					t.Errorf("octet %q is in the class: %v", rune(c), got)
				}
			}
		})
	}
}

// A control octet is found at any position, and no other octet counts as one.
func TestVisibleLength(t *testing.T) {
	for length := range 20 {
		for at := range length {
			for c := range 256 {
				s := []byte(strings.Repeat("\xff \x80", 7)[:length])
				s[at] = byte(c)
				want := length / 8 * 8
				if c < ' ' || c == 0x7f {
					want = min(at/8*8, want)
				}
				if got := visibleLength(s); got != want {
					t.Errorf("%q: want %d, got %d", s, want, got)
				}
			}
		}
	}
}

func TestEqualFold(t *testing.T) {
	for _, test := range []struct {
		a, b string
		want bool
	}{
		{"", "", true}, {"Host", "hOST", true}, {"ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz", true}, {"Host", "Hosts", false}, {"Host", "Hoss", false},
		{"[", "{", false}, {"@", "`", false}, {"k", "\u212a", false}, {"\xe9", "\xc9", false},
	} {
		if got := equalFold(test.a, test.b); got != test.want {
			t.Errorf("RFC 9110 §5.1: %q and %q are equal: %v", test.a, test.b, got)
		}
	}
}

func TestUnhex(t *testing.T) {
	for i, c := range []byte("0123456789abcdef") {
		if upper := strings.ToUpper(string(c))[0]; unhex(c) != byte(i) || unhex(upper) != byte(i) {
			t.Errorf("%c is %d and %c is %d, want %d", c, unhex(c), upper, unhex(upper), i)
		}
	}
}

func TestTrimOWS(t *testing.T) {
	for in, want := range map[string]string{"": "", " \t ": "", "a": "a", "\t a b ": "a b", "\x0ba\xa0": "\x0ba\xa0"} {
		if got := trimOWS(in); got != want {
			t.Errorf("RFC 9110 §5.6.3: %q becomes %q, want %q", in, got, want)
		}
	}
}

func TestCutElement(t *testing.T) {
	for in, want := range map[string]string{
		"": "", ",": "", " , ,\t": "", "a": "a", "a,b": "a|b", ", a , ,b c,": "a|b c", `"a,b"`: `"a|b"`,
	} {
		var got []string
		for element, rest := cutElement(in); element != ""; element, rest = cutElement(rest) {
			got = append(got, element)
		}
		if strings.Join(got, "|") != want {
			t.Errorf("RFC 9110 §5.6.1.2: %q has the elements %q, want %q", in, got, want)
		}
	}
}
