package wire

import "testing"

func TestBodyLength(t *testing.T) {
	for _, test := range []struct {
		name   string
		fields string // behind Host
		length BodyLength
		rule   *Rule
	}{
		{"§6.3 neither", "", 0, nil},
		{"§6.3 a length", "Content-Length: 5\r\n", 5, nil},
		{"§6.3 zero", "Content-Length: 0\r\n", 0, nil},
		{"§6.3 zeros in front", "Content-Length: 0000000000000000000000000005\r\n", 5, nil},
		{"§6.3 the longest", "Content-Length: 999999999999999999\r\n", 999999999999999999, nil},
		{"§6.3 2^63", "Content-Length: 9223372036854775808\r\n", 0, ruleContentLength},
		{"§6.3 2^64 and zeros in front", "Content-Length: 00018446744073709551616\r\n", 0, ruleContentLength},
		{"§6.3 malformed", "Content-Length: 5x\r\n", 0, ruleLengthSyntax},
		{"§6.3 empty", "Content-Length:\r\n", 0, ruleLengthSyntax},
		{"§6.3 a list", "Content-Length: 5, 5\r\n", 0, ruleLengthRepeated},
		{"§6.3 half a list", "Content-Length: 5,\r\n", 0, ruleLengthSyntax},
		{"§6.3 two lines", "Content-Length: 5\r\nContent-Length: 5\r\n", 0, ruleLengthRepeated},
		{"§6.1 chunked", "Transfer-Encoding: chunked\r\n", Chunked, nil},
		{"§6.1 unknown", "Transfer-Encoding: gzip, chunked\r\n", 0, ruleCoding},
		{"§6.1 malformed", "Transfer-Encoding: @, chunked\r\n", 0, ruleCodingSyntax},
		{"§6.1 empty", "Transfer-Encoding: \r\n", 0, ruleCodingSyntax},
		{"§6.1 twice", "Transfer-Encoding: chunked,chunked\r\n", 0, ruleCodingTwice},
		{"§6.3 not last", "Transfer-Encoding: chunked,gzip\r\n", 0, ruleCodingNotLast},
		{"§6.3 not there", "Transfer-Encoding: gzip\r\n", 0, ruleCodingNotLast},
		{"§7.1 with a parameter", "Transfer-Encoding: chunked;q=1\r\n", 0, ruleCodingSyntax},
		{"§6.3 both", "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", 0, ruleLengthAndCoding},
	} {
		t.Run(test.name, func(t *testing.T) {
			octets := "POST / HTTP/1.1\r\nHost: a\r\n" + test.fields + "\r\n"
			if test.rule != nil {
				if got := ruleOf(t, Limits{}, octets); got != test.rule.Reason {
					t.Errorf("%q breaks %q, want %q", test.fields, got, test.rule.Reason)
				}
				return
			}
			limits := Limits{}.WithDefaults()
			decoder := NewDecoder(&limits)
			decoder.Feed([]byte(octets))
			if head, err := decoder.Next(); err != nil || head.(*RequestHead).Length != test.length {
				t.Errorf("%q: %+v, %v, want a head with the length %d", test.fields, head, err, test.length)
			}
		})
	}
}

func TestBodyLengthOf10(t *testing.T) {
	_, broken := bodyLength(Version{1, 0}, framing{hasCoding: true, chunked: true})
	if broken != ruleCodingVersion {
		t.Errorf("§6.1: Transfer-Encoding in HTTP/1.0 breaks %v", broken)
	}
	length, broken := bodyLength(Version{1, 0}, framing{hasLength: true, length: 5})
	if length != 5 || broken != nil {
		t.Errorf("§6.3: Content-Length in HTTP/1.0 gives %d, %v", length, broken)
	}
}
