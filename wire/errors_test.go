package wire

import (
	"regexp"
	"slices"
	"testing"
)

func TestRules(t *testing.T) {
	section := regexp.MustCompile(`^RFC (3986|6585|9110|9112) §\d+(\.\d+)*$`)
	seen := map[string]bool{}
	for _, rule := range Rules() {
		if !section.MatchString(rule.Section) {
			t.Errorf("%q: section %q is not spelt like the others", rule.Reason, rule.Section)
		}
		if !slices.Contains([]int{400, 413, 414, 417, 431, 501, 505}, rule.Status) {
			t.Errorf("%q: status %d is not one that a refused request is answered with", rule.Reason, rule.Status)
		}
		if rule.Reason == "" || seen[rule.Reason] {
			t.Errorf("the reason %q does not name one rule alone", rule.Reason)
		}
		if !regexp.MustCompile(`^[ -~]{4,60}$`).MatchString(rule.Reason) {
			t.Errorf("the reason %q is not a short phrase in ASCII", rule.Reason)
		}
		seen[rule.Reason] = true
	}
	if len(seen) < 40 {
		t.Errorf("%d rules are listed, there are more", len(seen))
	}
}

func TestRulesAreACopy(t *testing.T) {
	Rules()[0].Status = 200
	if got := Rules()[0].Status; got != 400 {
		t.Errorf("a caller changed the status of a rule to %d", got)
	}
}

func TestErrorTexts(t *testing.T) {
	for _, test := range []struct {
		err  error
		want string
	}{
		{&ProtocolError{Rule: *ruleLengthAndCoding}, `400 "Content-Length with Transfer-Encoding" (RFC 9112 §6.3)`},
		{&MisuseError{"RFC 9110 §15.3.5", "a response of status 204 has no content"},
			"a response of status 204 has no content (RFC 9110 §15.3.5)"},
	} {
		if got := test.err.Error(); got != test.want {
			t.Errorf("got  %s\nwant %s", got, test.want)
		}
	}
}
