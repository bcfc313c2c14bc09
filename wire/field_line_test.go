package wire

import (
	"slices"
	"testing"
)

func TestParseFieldLine(t *testing.T) {
	for _, test := range []struct {
		name, in string
		want     Field
		rule     *Rule
	}{
		{"§5 plain", "Host: a", Field{"Host", "a"}, nil},
		{"§5 no white space", "Host:a", Field{"Host", "a"}, nil},
		{"§5.1 white space around", "X: \t a b\t ", Field{"X", "a b"}, nil},
		{"§5 empty", "X:", Field{"X", ""}, nil},
		{"§5 only white space", "X: \t ", Field{"X", ""}, nil},
		{"§5 a colon in the value", "X::", Field{"X", ":"}, nil},
		{"RFC 9110 §5.5 obs-text", "X: \x80\xff", Field{"X", "\x80\xff"}, nil},
		{"RFC 9110 §5.5 NUL", "X: \x00", Field{}, ruleFieldValue},
		{"RFC 9110 §5.5 DEL", "X: \x7f", Field{}, ruleFieldValue},
		{"RFC 9110 §5.5 LF", "X: a\nb", Field{}, ruleFieldValue},
		{"§2.2 CR in the value", "X: a\rb", Field{}, ruleBareCR},
		{"§2.2 CR in the name", "X\rY: a", Field{}, ruleBareCR},
		{"§5 no colon", "X", Field{}, ruleFieldLine},
		{"§5 no colon, a space", "X y", Field{}, ruleFieldLine},
		{"§5 no name", ": y", Field{}, ruleFieldName},
		{"§5 a name that is no token", "X@: y", Field{}, ruleFieldName},
		{"§5.1 a space before the colon", "X : y", Field{}, ruleSpaceBeforeCol},
		{"§5.1 a tab before the colon", "X\t: y", Field{}, ruleSpaceBeforeCol},
		{"§5.2 a space in front", " X: y", Field{}, ruleObsFold},
		{"§5.2 a tab in front", "\tX: y", Field{}, ruleObsFold},
	} {
		t.Run(test.name, func(t *testing.T) {
			span, broken := parseFieldLine([]byte(test.in))
			got := Field{test.in[span.name:span.nameEnd], test.in[span.value:span.valueEnd]}
			if got != test.want || broken != test.rule {
				t.Errorf("%q: %q, breaks %v; want %q, %v", test.in, got, broken, test.want, test.rule)
			}
		})
	}
}

func TestFields(t *testing.T) {
	fields := Fields{{"Accept", "a"}, {"X", ""}, {"ACCEPT", "b"}}
	if got := fields.Get("accept"); got != "a" {
		t.Errorf("RFC 9110 §5.1: Get is %q, want the first", got)
	}
	if got := fields.Values("accept"); !slices.Equal(got, []string{"a", "b"}) {
		t.Errorf("RFC 9110 §5.3: Values are %q, want both in order", got)
	}
	if !fields.Has("x") || fields.Get("x") != "" {
		t.Error("an empty field is there, and empty")
	}
	if fields.Has("Accep") || fields.Get("Y") != "" || fields.Values("Y") != nil {
		t.Error("a field is found that is not there")
	}
}
