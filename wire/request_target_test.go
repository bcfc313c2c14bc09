package wire

import (
	"strings"
	"testing"
)

func TestParseRequestTarget(t *testing.T) {
	for _, test := range []struct {
		name, method, in string
		form             TargetForm
		path, query      string
		authority        string
		rule             *Rule
	}{
		{"§3.2.1 origin-form", "GET", "/a?b", OriginForm, "/a", "b", "", nil},
		{"§3.2.1 two slashes", "GET", "//a/b", OriginForm, "//a/b", "", "", nil},
		{"§3.2.1 a path alone", "GET", "/a/b", OriginForm, "/a/b", "", "", nil},
		{"§3.2.1 a dot", "GET", "/a.b?c", OriginForm, "/a.b", "c", "", nil},
		{"§3.2.1 an empty query", "GET", "/a?", OriginForm, "/a", "", "", nil},
		{"§3.2.1 a question mark in the query", "GET", "/a?b?/../%", OriginForm, "/a", "b?/../%", "", nil},
		{"§3.2.2 absolute-form", "GET", "http://a:80/b?c", AbsoluteForm, "/b", "c", "a:80", nil},
		{"§3.2.2 no path", "GET", "https://a", AbsoluteForm, "/", "", "a", nil},
		{"§3.2.2 no path but a query", "GET", "http://a?b", AbsoluteForm, "/", "b", "a", nil},
		{"§3.2.2 a question mark alone", "OPTIONS", "http://a?", AbsoluteForm, "/", "", "a", nil},
		{"RFC 9110 §4.2.1 an empty host", "GET", "http://:80/", 0, "", "", "", ruleTargetSyntax},
		{"RFC 9110 §4.2.1 no authority", "GET", "http:///", 0, "", "", "", ruleTargetSyntax},
		{"RFC 9110 §4.2.4 userinfo", "GET", "http://a@b/", 0, "", "", "", ruleTargetSyntax},
		{"§3.2.2 another scheme", "GET", "ws://a/", 0, "", "", "", ruleTargetSyntax},
		{"§3.2.3 authority-form", "CONNECT", "a:80", AuthorityForm, "", "", "a:80", nil},
		{"RFC 9110 §9.3.6 no port", "CONNECT", "a", 0, "", "", "", ruleTargetForm},
		{"RFC 9110 §9.3.6 no port, IPv6", "CONNECT", "[::1]", 0, "", "", "", ruleTargetForm},
		{"RFC 9110 §9.3.6 an empty port", "CONNECT", "a:", 0, "", "", "", ruleTargetForm},
		{"§3.2.3 no host", "CONNECT", ":80", 0, "", "", "", ruleTargetForm},
		{"§3.2.3 a path for CONNECT", "CONNECT", "/a", 0, "", "", "", ruleTargetForm},
		{"§3.2.3 for another method", "GET", "a:80", 0, "", "", "", ruleTargetSyntax},
		{"§3.2.4 asterisk-form", "OPTIONS", "*", AsteriskForm, "", "", "", nil},
		{"§3.2.4 as a proxy has it", "OPTIONS", "http://a", AsteriskForm, "", "", "a", nil},
		{"§3.2.4 for another method", "GET", "*", 0, "", "", "", ruleTargetForm},
		{"§3.2 an octet that no URI has", "GET", "/\x80", 0, "", "", "", ruleTargetSyntax},
		{"§3.2 one in the query", "GET", "/a?#", 0, "", "", "", ruleTargetSyntax},
		{"RFC 3986 §2.1 percent-encoding", "GET", "/%4", 0, "", "", "", ruleTargetEncoding},
		{"RFC 3986 §2.1 no first HEXDIG", "GET", "/%g4", 0, "", "", "", ruleTargetEncoding},
		{"RFC 3986 §2.1 no second HEXDIG", "GET", "/%4g", 0, "", "", "", ruleTargetEncoding},
		{"RFC 3986 §2.1 in the query, which is not ours to read", "GET", "/?%", OriginForm, "/", "%", "", nil},
		{"RFC 3986 §7.3 NUL", "GET", "/%00", 0, "", "", "", ruleTargetNUL},
	} {
		t.Run(test.name, func(t *testing.T) {
			var got RequestTarget
			broken := got.parse(test.method, test.in)
			if broken != test.rule {
				t.Fatalf("%s %q breaks %v, want %v", test.method, test.in, broken, test.rule)
			}
			want := RequestTarget{test.in, test.form, test.path, test.query, test.authority, strings.HasPrefix(test.in, "https:")}
			if broken == nil && got != want {
				t.Errorf("%s %q: %+v, want %+v", test.method, test.in, got, want)
			}
		})
	}
}

func TestRemoveDotSegments(t *testing.T) {
	for in, want := range map[string]string{
		"/": "/", "/a": "/a", "/.": "/", "/..": "/", "/./": "/", "/../": "/", "/a/.": "/a/", "/a/..": "/",
		"/a/b/..": "/a/", "/a/b/../..": "/", "/a/./b": "/a/b", "/a/../b": "/b", "/../../a": "/a",
		"/a//../b": "/a/b", "/a/b/c/./../../g": "/a/g", // the example of RFC 3986 §5.2.4
		"/%2e": "/", "/%2E%2e/a": "/a", "/.%2e": "/", "/...": "/...", "/%2e%2e%2e": "/%2e%2e%2e",
		"/.a": "/.a", "/a..": "/a..", "/%252e": "/%252e", "/a%2f..": "/a%2f..", "/.//a": "//a",
	} {
		if got := removeDotSegments(in); got != want {
			t.Errorf("RFC 3986 §5.2.4: %q becomes %q, want %q", in, got, want)
		}
	}
}

func TestValidHost(t *testing.T) {
	for host, want := range map[string]bool{
		"": true, "a": true, "a.b-c_d~": true, "a:": true, "a:80": true, "a%41": true, "%7E%2d%5f%2E": true, "caf%c3%A9": true, "%80": true, "1.2.3.4": true,
		"[::]": true, "[::1]:80": true, "[::1]:": true, "[1::]": true, "[1:2:3:4:5:6:7:8]": true, "[1:2:3:4:5:6:7::]": true,
		"[::2:3:4:5:6:7:8]": true, "[1:2:3:4:5:6:1.2.3.4]": true, "[::ffff:0.0.0.255]": true, "[::AbCd]": true,
		":": false, ":80": false, "a:b": false, "a:80:": false, "a:-1": false, "a b": false, "a/": false, "@a": false,
		"a[": false, "%": false, "a%": false, "a%4": false, "a%00": false, "a%0d%0ab": false, "a%7f": false,
		"a%20": false, "a%2f": false, "a%3A80": false, "u%40a": false, "%5b::1%5D": false, "a%25": false, "a%2c": false, "\x80": false, "a,\x00": false,
		"[": false, "[]": false, "[::1": false, "[::1]a": false, "[::1]80": false, "[::1]:a": false, "::1]": false,
		"[:]": false, "[:::]": false, "[1]": false, "[1:2:3:4:5:6:7]": false, "[1:2:3:4:5:6:7:8:9]": false,
		"[1:2:3:4::5:6:7:8]": false, "[1::2::3]": false, "[:1:2:3:4:5:6:7]": false, "[1:2:3:4:5:6:7:]": false,
		"[12345::]": false, "[g::]": false, "[1.2.3.4::]": false, "[1.2.3.4]": false, "[::1.2.3]": false,
		"[::1.2.3.4.5]": false, "[::1.2.3.256]": false, "[::1.2.3.04]": false, "[::1.2.3.]": false, "[::1..2.3]": false, "[::1.2.3.a]": false, "[::1.2.3.1234]": false, "[::1.2.3.0000]": false,
		"[1:2:3:4:5:6:7:1.2.3.4]": false, "[::1.2.3.4:1]": false, "[::1%25a]": false, "[v1.a]": false,
	} {
		if got := validHost(host); got != want {
			t.Errorf("RFC 9110 §7.2: %q is a valid host: %v", host, got)
		}
	}
}
