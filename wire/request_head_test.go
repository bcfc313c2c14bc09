package wire

import "testing"

func TestInterpret(t *testing.T) {
	for _, test := range []struct {
		name    string
		version Version
		fields  Fields
		rule    *Rule
		at      int
	}{
		{"§3.2 no Host", Version{1, 1}, nil, ruleHostMissing, -1},
		{"§3.2 no Host in 1.0", Version{1, 0}, nil, nil, -1},
		{"§3.2 Host", Version{1, 1}, Fields{{"hOst", "a"}}, nil, -1},
		{"§3.2 an empty Host", Version{1, 1}, Fields{{"Host", ""}}, nil, -1},
		{"§3.2 Host twice", Version{1, 1}, Fields{{"Host", "a"}, {"X", ""}, {"Host", "a"}}, ruleHostRepeated, 2},
		{"§3.2 an empty Host and another", Version{1, 1}, Fields{{"Host", ""}, {"Host", "a"}}, ruleHostRepeated, 1},
		{"§3.2 Host twice in 1.0", Version{1, 0}, Fields{{"Host", "a"}, {"Host", "a"}}, ruleHostRepeated, 1},
		{"§3.2 malformed Host", Version{1, 1}, Fields{{"X", ""}, {"Host", "@"}}, ruleHostSyntax, 1},
		{"RFC 9110 §7.6.1 malformed Connection", Version{1, 1}, Fields{{"Host", "a"}, {"Connection", "@"}}, ruleConnection, 1},
		{"RFC 9110 §10.1.1 expectation", Version{1, 1}, Fields{{"Host", "a"}, {"Expect", "x"}}, ruleExpect, 1},
		{"RFC 9110 §10.1.1 expectation in 1.0", Version{1, 0}, Fields{{"Expect", "x"}}, nil, -1},
		{"§6.3 malformed Content-Length", Version{1, 1}, Fields{{"Host", "a"}, {"Content-Length", "x"}}, ruleLengthSyntax, 1},
		{"§6.1 malformed Transfer-Encoding", Version{1, 1}, Fields{{"Host", "a"}, {"Transfer-Encoding", ""}}, ruleCodingSyntax, 1},
		{"§6.3 both", Version{1, 1}, Fields{{"Host", "a"}, {"Transfer-Encoding", "chunked"}, {"Content-Length", "1"}},
			ruleLengthAndCoding, -1},
		{"§5 names of the same length as known ones", Version{1, 1}, Fields{{"Host", "a"}, {"Hose", "@"}, {"Expecd", "x"},
			{"Connectiom", "@"}, {"Content-Lengtg", "x"}, {"Transfer-Encodinh", "x"}}, nil, -1},
	} {
		t.Run(test.name, func(t *testing.T) {
			broken, at := interpret(&RequestHead{Version: test.version, Fields: test.fields})
			if broken != test.rule || at != test.at {
				t.Errorf("%v: breaks %v at %d, want %v at %d", test.fields, broken, at, test.rule, test.at)
			}
		})
	}
}

func TestExpectContinue(t *testing.T) {
	for _, test := range []struct {
		name, version, fields string
		want                  bool
	}{
		{"RFC 9110 §10.1.1 with content", "1.1", "Expect: 100-Continue\r\nContent-Length: 1\r\n\r\nx", true},
		{"RFC 9110 §10.1.1 chunked", "1.1", "Expect: 100-continue\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", true},
		{"RFC 9110 §10.1.1 two lines, one empty", "1.1", "Expect: 100-continue\r\nExpect:\r\nContent-Length: 1\r\n\r\nx", true},
		{"RFC 9110 §10.1.1 without content", "1.1", "Expect: 100-continue\r\n\r\n", false},
		{"RFC 9110 §10.1.1 in 1.0", "1.0", "Expect: 100-continue\r\nContent-Length: 1\r\n\r\nx", false},
		{"RFC 9110 §10.1.1 none", "1.1", "Content-Length: 1\r\n\r\nx", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			head, _, _ := decodeOne(t, "POST / HTTP/"+test.version+"\r\nHost: a\r\n"+test.fields)
			if head.ExpectContinue != test.want {
				t.Errorf("%q expects a 100: %v", test.fields, head.ExpectContinue)
			}
		})
	}
}
