package wire

import "testing"

func TestParseRequestLine(t *testing.T) {
	for _, test := range []struct {
		name, in       string
		method, target string
		rule           *Rule
	}{
		{"§3 plain", "GET / HTTP/1.1", "GET", "/", nil},
		{"§3.1 any token", "x-Y / HTTP/1.1", "x-Y", "/", nil},
		{"§3 no target", "GET HTTP/1.1", "", "", ruleRequestLine},
		{"§3 an empty target", "GET  HTTP/1.1", "", "", ruleRequestLine},
		{"§3 a space in the target", "GET /a b HTTP/1.1", "", "", ruleRequestLine},
		{"§3 no version", "GET /", "", "", ruleRequestLine},
		{"§3 one word", "GET", "", "", ruleRequestLine},
		{"§2.3 no version but a space", "GET / ", "", "", ruleVersionSyntax},
		{"§2.3 a malformed version", "GET / HTTP/1", "", "", ruleVersionSyntax},
		{"RFC 9110 §15.6.6 another version", "GET / HTTP/2.0", "", "", ruleVersion},
		{"§3.1 a malformed method", "G@T / HTTP/1.1", "", "", ruleMethodSyntax},
		{"§3.1 no method", " / HTTP/1.1", "", "", ruleMethodSyntax},
		{"§2.2 CR in the method", "G\rT / HTTP/1.1", "", "", ruleBareCR},
		{"§2.2 CR for a space", "GET\r/", "", "", ruleBareCR},
		{"§2.2 CR in the version", "GET / HTTP/1.1\r", "", "", ruleBareCR},
		{"§2.2 CR before the version", "GET / \rHTTP/1.1", "", "", ruleBareCR},
	} {
		t.Run(test.name, func(t *testing.T) {
			r, broken := parseRequestLine([]byte(test.in))
			if broken != test.rule {
				t.Fatalf("%q breaks %v, want %v", test.in, broken, test.rule)
			}
			if broken != nil {
				return
			}
			if method, target := test.in[:r.methodEnd], test.in[r.target:r.targetEnd]; method != test.method ||
				target != test.target || r.version != (Version{1, 1}) {
				t.Errorf("%q: method %q, target %q, version %v", test.in, method, target, r.version)
			}
		})
	}
}

func TestVersion(t *testing.T) {
	for _, test := range []struct {
		in        string
		atLeast11 bool
	}{{"HTTP/1.0", false}, {"HTTP/1.1", true}, {"HTTP/1.2", true}, {"HTTP/1.9", true}} {
		version, broken := parseVersion([]byte(test.in))
		if broken != nil || version.AtLeast11() != test.atLeast11 || version.String() != test.in {
			t.Errorf("§2.3: %s is %v, at least 1.1: %v, breaks %v", test.in, version, version.AtLeast11(), broken)
		}
	}
}

func TestAppendRequestLineRefuses(t *testing.T) {
	for _, head := range []RequestHead{{Method: "G T", Target: RequestTarget{Raw: "/"}}, {Method: "GET"}} {
		if out, err := AppendRequestLine([]byte("before"), &head); err == nil || string(out) != "before" {
			t.Errorf("%q %q: got %q and %v, want nothing appended", head.Method, head.Target.Raw, out, err)
		}
	}
}
