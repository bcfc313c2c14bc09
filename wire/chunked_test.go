package wire

import (
	"strings"
	"testing"
)

func TestParseChunkSize(t *testing.T) {
	for _, test := range []struct {
		name, in  string
		size      int64
		extension int
		rule      *Rule
	}{
		{"§7.1 one digit", "5", 5, 0, nil},
		{"§7.1 both cases", "aF", 0xaf, 0, nil},
		{"§7.1 zeros in front", strings.Repeat("0", 100) + "1", 1, 0, nil},
		{"§7.1 the largest", "4fffffffffffffff", 0, 0, ruleChunkOverflow},
		{"§7.1 the largest that is read", "400000000000000f", 0x400000000000000f, 0, nil},
		{"§7.1 2^64", "10000000000000000", 0, 0, ruleChunkOverflow},
		{"§7.1 empty", "", 0, 0, ruleChunkSize},
		{"§7.1 sign", "+5", 0, 0, ruleChunkSize},
		{"§7.1 0x", "0x5", 0, 0, ruleChunkSize},
		{"§7.1 space in front", " 5", 0, 0, ruleChunkSize},
		{"§2.2 CR", "5\r5", 0, 0, ruleBareCR},
		{"§2.2 CR in an extension", "5;\r", 0, 0, ruleBareCR},
		{"§7.1.1 name", "5;a", 5, 2, nil},
		{"§7.1.1 names", "5;a;b=c ;\td = \"e\"", 5, 16, nil},
		{"§7.1.1 space behind", "5 ", 0, 0, ruleChunkExt},
		{"§7.1.1 no name", "5;", 0, 0, ruleChunkExt},
		{"§7.1.1 no value", "5;a=", 0, 0, ruleChunkExt},
		{"§7.1.1 open quotation", `5;a="`, 0, 0, ruleChunkExt},
		{"§7.1.1 quoted quotation mark", `5;a="\"b"`, 5, 8, nil},
		{"§7.1.1 escape at the end", `5;a="b\`, 0, 0, ruleChunkExt},
		{"§7.1.1 control octet in a quotation", "5;a=\"\x01\"", 0, 0, ruleChunkExt},
	} {
		t.Run(test.name, func(t *testing.T) {
			size, extension, broken := parseChunkSize([]byte(test.in))
			if size != test.size || extension != test.extension || broken != test.rule {
				t.Errorf("%q: size %d, %d octets of extensions, breaks %v; want %d, %d, %v",
					test.in, size, extension, broken, test.size, test.extension, test.rule)
			}
		})
	}
}

func TestAppendChunk(t *testing.T) {
	got := appendChunk([]byte("x"), make([]byte, 0x1a))
	if want := "x1a\r\n" + strings.Repeat("\x00", 0x1a) + "\r\n"; string(got) != want {
		t.Errorf("§7.1: %q, want %q", got, want)
	}
}

func TestAppendLastChunk(t *testing.T) {
	for _, test := range []struct {
		name     string
		trailers Fields
		want     string // the octets, or the error
	}{
		{"§7.1 none", nil, "0\r\n\r\n"},
		{"§7.1.2 some", Fields{{"X", "y"}, {"Z", ""}}, "0\r\nX: y\r\nZ: \r\n\r\n"},
		{"§6.5.1 forbidden", Fields{{"X", "y"}, {"content-LENGTH", "5"}},
			`field not allowed in a trailer section: "content-LENGTH" (RFC 9110 §6.5.1)`},
		{"§5.5 control octet", Fields{{"X", "y"}, {"Z", "\n"}},
			"control octet in the value of field Z (RFC 9110 §5.5)"},
	} {
		t.Run(test.name, func(t *testing.T) {
			octets, err := appendLastChunk([]byte("x"), test.trailers)
			switch got := string(octets); {
			case err != nil && (err.Error() != test.want || got != "x"):
				t.Errorf("error %q and %q, want %q and nothing appended", err, got, test.want)
			case err == nil && got != "x"+test.want:
				t.Errorf("%q, want %q", got, "x"+test.want)
			}
		})
	}
}

func TestAllowedInTrailer(t *testing.T) {
	for _, name := range []string{"Content-Length", "transfer-encoding", "HOST", "Authorization"} {
		if allowedInTrailer(name) {
			t.Errorf("§6.5.1: %s is allowed in a trailer section, but it frames, routes or authenticates", name)
		}
	}
	for _, name := range []string{"X", "Server-Timing", "Content-Digest", "ETag", "Hosts"} {
		if !allowedInTrailer(name) {
			t.Errorf("§6.5.1: %s is not allowed in a trailer section, but it harms nobody there", name)
		}
	}
}
