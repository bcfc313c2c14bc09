package wire

import (
	"slices"
	"strings"
	"testing"
)

func TestParseEntityTag(t *testing.T) {
	for value, want := range map[string]bool{
		`"xyzzy"`: true, `W/"xyzzy"`: true, `""`: true, `W/""`: true, `"a,b"`: true, `"\"`: true, `"W/"`: true, "\"!#~\x80\xff\"": true,
		"": false, `"`: false, "W/": false, `W/"`: false, "xyzzy": false, `"xyzzy`: false, `xyzzy"`: false, `w/"xyzzy"`: false,
		`W"xyzzy"`: false, `W/W/"xyzzy"`: false, `"a b"`: false, "\"a\tb\"": false, "\"\x7f\"": false, "\"\x00\"": false, `"a\"b"`: false,
		`"a" `: false, ` "a"`: false, `"a","b"`: false, "*": false, `'a'`: false, `W/ "a"`: false,
	} {
		tag, ok := ParseEntityTag(value)
		if ok != want || ok && string(tag) != value {
			t.Errorf("RFC 9110 §8.8.3: %q is the tag %q, %v", value, tag, ok)
		}
	}
}

func TestEntityTagComparison(t *testing.T) {
	for _, test := range []struct {
		a, b         EntityTag
		strong, weak bool
	}{
		{`W/"1"`, `W/"1"`, false, true}, // the four examples of §8.8.3.2
		{`W/"1"`, `W/"2"`, false, false},
		{`W/"1"`, `"1"`, false, true},
		{`"1"`, `"1"`, true, true},
		{`"1"`, `"2"`, false, false},
		{`"a"`, `"A"`, false, false},
		{`""`, `""`, true, true},
		{"", "", false, false},
		{"", `"1"`, false, false},
	} {
		for _, pair := range [][2]EntityTag{{test.a, test.b}, {test.b, test.a}} {
			strong, weak := pair[0].EqualStrong(pair[1]), pair[0].EqualWeak(pair[1])
			if strong != test.strong || weak != test.weak {
				t.Errorf("RFC 9110 §8.8.3.2: %s and %s are equal: strong %v, weak %v", pair[0], pair[1], strong, weak)
			}
		}
	}
}

func TestEntityTagWeak(t *testing.T) {
	for tag, want := range map[EntityTag]bool{`W/"1"`: true, `"1"`: false, "": false, `"W/"`: false} {
		if tag.Weak() != want {
			t.Errorf("RFC 9110 §8.8.3: %s is weak: %v", tag, tag.Weak())
		}
	}
}

// tagsOf is the list of tags, a "!" at its end if it is malformed there.
func tagsOf(list string) (tags []string) {
	tag, rest, ok := cutListedTag(list)
	for ; tag != ""; tag, rest, ok = cutListedTag(rest) {
		tags = append(tags, string(tag))
	}
	if !ok {
		tags = append(tags, "!")
	}
	return tags
}

func TestCutListedTag(t *testing.T) {
	for list, want := range map[string]string{
		"": "", " , ,": "", `"xyzzy"`: `"xyzzy"`, `"xyzzy", "r2d2xxxx", "c3piozzzz"`: `"xyzzy"|"r2d2xxxx"|"c3piozzzz"`,
		`W/"xyzzy", W/"r2d2xxxx"`: `W/"xyzzy"|W/"r2d2xxxx"`, "*": "*", ` * `: "*", `,"a,b" , ,W/",",`: `"a,b"|W/","`,
		`"a","b`: `"a"|!`, `"a" "b"`: "!", `"a"x,"b"`: "!", `a,"b"`: "!", `"a",b`: `"a"|!`, "**": "!", `*,"a"`: `*|"a"`, `w/"a"`: "!",
		`"a";"b"`: "!", `"a b"`: "!", `"\","b"`: `"\"|"b"`, `W/`: "!", `"a",W/*`: `"a"|!`,
	} {
		if got := strings.Join(tagsOf(list), "|"); got != want {
			t.Errorf("RFC 9110 §13.1.1: %q has the tags %q, want %q", list, got, want)
		}
	}
}

// Invariant: a list gives tags that are each parsed alone, and joined give the same list.
func FuzzEntityTags(f *testing.F) {
	for _, list := range []string{`"xyzzy", W/"r2d2xxxx"`, `*`, `"a,b",,W/"",`, `"a" "b"`, "\"\x80\",\"\x7f\""} {
		f.Add(list)
	}
	f.Fuzz(func(t *testing.T, list string) {
		tags := tagsOf(list)
		for i, tag := range tags {
			parsed, ok := ParseEntityTag(tag)
			if string(parsed) != tag && tag != "*" && (tag != "!" || i < len(tags)-1) {
				t.Fatalf("%q has the tag %q", list, tag)
			}
			if ok && (parsed.EqualStrong(parsed) == parsed.Weak() || !parsed.EqualWeak(parsed)) {
				t.Fatalf("%q has the tag %q, which does not equal itself", list, tag)
			}
			if ok && !strings.Contains(list, tag) {
				t.Fatalf("%q has the tag %q, which is not in it", list, tag)
			}
		}
		if again := tagsOf(strings.Join(tags, " ,\t")); !slices.Equal(again, tags) {
			t.Fatalf("%q has the tags %q, joined %q", list, tags, again)
		}
	})
}
