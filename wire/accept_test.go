package wire

import (
	"slices"
	"strings"
	"testing"
)

func TestPreferredMediaType(t *testing.T) {
	const example = "text/plain; q=0.5, text/html, text/x-dvi; q=0.8, text/x-c"
	const precedence = "text/*, text/plain, text/plain;format=flowed, */*"
	const qualities = "text/*;q=0.3, text/plain;q=0.7, text/plain;format=flowed, text/plain;format=fixed;q=0.4, */*;q=0.5"
	const java = "text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2"
	const browser = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"
	for _, test := range []struct{ name, accept, offers, want string }{
		{"audio/basic is preferred", "audio/*; q=0.2, audio/basic", "audio/mp3|audio/basic", "audio/basic"},
		{"any audio is acceptable", "audio/*; q=0.2, audio/basic", "audio/mp3|text/plain", "audio/mp3"},
		{"html and x-c are equally preferred", example, "text/plain|text/x-dvi|text/x-c|text/html", "text/x-c"},
		{"if they do not exist, x-dvi", example, "text/plain|text/x-dvi", "text/x-dvi"},
		{"if that does not exist, plain", example, "text/plain|text/xml", "text/plain"},
		{"precedence, all of the same quality", precedence, "image/png|text/html|text/plain", "image/png"},
		{"quality 1 and 0.7", qualities, "text/plain|text/plain;format=flowed", "text/plain;format=flowed"},
		{"quality 0.7 and 0.3", qualities, "text/html|text/plain", "text/plain"},
		{"quality 0.5 and 0.4", qualities, "text/plain;format=fixed|image/jpeg", "image/jpeg"},
		{"quality 0.4 and 0.3", qualities, "text/html;level=3|text/plain;format=fixed", "text/plain;format=fixed"},
		{"a browser", browser, "application/json|text/html", "text/html"},
		{"a browser, and no page", browser, "application/json|text/plain", "application/json"},
		{"Java's default", java, "application/json", "application/json"},
		{"not acceptable", "text/html", "application/json", ""},
		{"excluded", "*/*, text/html;q=0", "text/html", ""},
		{"excluded with the whole type", "*/*, text/*;q=0.0", "text/html|image/png", "image/png"},
		{"all but one excluded", "*/*;q=0, text/html;q=0.1", "text/plain|text/html", "text/html"},
		{"the order of ranges is nothing", "text/html;q=0, */*", "text/html|text/plain", "text/plain"},
		{"the highest of the same range", "text/html;q=0.1, text/html;q=0.9, text/plain;q=0.5", "text/plain|text/html", "text/html"},
		{"case", "TEXT/HTML;Level=1;Q=0.5, Text/Plain;q=0.4", "text/plain|text/html;level=1", "text/html;level=1"},
		{"an offer with more parameters", "text/html", "text/html; charset=utf-8", "text/html; charset=utf-8"},
		{"an offer with fewer parameters", "text/html;level=1", "text/html", ""},
		{"a value is compared", "text/html;level=1", "text/html;level=2", ""},
		{"a value has a case", "text/html;profile=A", "text/html;profile=a", ""},
		{"a charset has none", "text/html;charset=UTF-8", "text/html; charset=utf-8", "text/html; charset=utf-8"},
		{"two parameters, in other order", "a/b;x=1;y=2, a/b;x=1;q=0", "a/b;y=2;x=1", "a/b;y=2;x=1"},
		{"two parameters are more than one", "a/b;x=1, a/b;x=1;y=2;q=0", "a/b;y=2;x=1", ""},
		{"a quoted value", `a/b;x="1,2", a/*;q=0`, `a/b;x="1,\2"`, `a/b;x="1,\2"`},
		{"a subtype is more than parameters", "*/*;x=1, a/*;x=1;q=0.1, a/b;q=0.5, c/d;q=0.3", "c/d|a/b;x=1", "a/b;x=1"},
		{"the weight before a parameter", "a/b;q=0.5;x=1, a/c;q=0.6", "a/b;x=1|a/c", "a/c"},
		{"the weight twice", "a/b;q=1;q=1, a/c;q=0.1", "a/b|a/c", "a/c"},
		{"malformed members are skipped", "text, /, a/, */html, a/b;q=2, a/b;x, @, a/b c, text/plain;q=0.1", "a/b|text/html|text/plain", "text/plain"},
		{"no offer matches a type that ends early", "text/htm", "text/html", ""},
		{"a malformed offer", "text/html", "text|text/html", "text/html"},
		{"several field lines", "text/html;q=0.5|text/plain", "text/html|text/plain", "text/plain"},
		{"a quote is closed on its line", `a/b;x="|text/plain`, "a/b|text/plain", "text/plain"},
		{"a tie", "a/b;q=0.5, c/d;q=0.500", "c/d|a/b", "c/d"},
		{"empty elements", ", ,a/b,,", "c/d|a/b", "a/b"},
		{"empty", "", "c/d|a/b", "c/d"},
		{"nothing well-formed", "text; q=x", "c/d|a/b", "c/d"},
	} {
		t.Run("§12.5.1 "+test.name, func(t *testing.T) {
			got := PreferredMediaType(strings.Split(test.accept, "|"), strings.Split(test.offers, "|")...)
			if got != test.want {
				t.Errorf("of %s, %q prefers %q, want %q", test.offers, test.accept, got, test.want)
			}
		})
	}
	if got := PreferredMediaType(nil, "a/b", "c/d"); got != "a/b" {
		t.Errorf("RFC 9110 §12.5.1: without Accept, %q is preferred", got)
	}
	if got := PreferredMediaType([]string{"*/*"}); got != "" {
		t.Errorf("RFC 9110 §12.5.1: of nothing, %q is preferred", got)
	}
}

// As many parameters as are read make no range more specific than one with a better type.
func TestSpecificity(t *testing.T) {
	offer := "a/b" + numbered(maxParameters)
	for _, test := range []struct{ accept, want string }{
		{"*/*" + numbered(maxParameters) + ", a/*;q=0", ""},
		{"a/*" + numbered(maxParameters) + ", a/b;q=0", ""},
		{"a/b" + numbered(maxParameters) + ", a/b" + numbered(maxParameters-1) + ";q=0", offer},
		{"a/b" + numbered(maxParameters+1) + ", a/*;q=0", ""},
	} {
		if got := PreferredMediaType([]string{test.accept}, offer); got != test.want {
			t.Errorf("RFC 9110 §12.5.1: %s prefers %q, want %q", test.accept, got, test.want)
		}
	}
}

// Invariant: the first offer of the highest quality is returned, or "" if none has any, the same however the field is
// cut into lines.
func FuzzPreferredMediaType(f *testing.F) {
	f.Add("text/*;q=0.3, text/html;q=0.7, text/html;level=1, */*;q=0.5", "image/png, */*;q=0", "text/html;level=1")
	f.Add(`a/b;x="1,2\"";q=0.2, a/*;q=0`, "", `a/b;x="1,2"`)
	f.Add("text/html;q=.2, @, a/b;q=1;q=0", "*/*", "a/b")
	f.Fuzz(func(t *testing.T, first, second, offer string) {
		offers := []string{"text/html; charset=utf-8", "application/json", offer}
		got := PreferredMediaType([]string{first, second}, offers...)
		want, highest := "", quality(0)
		for _, offer := range slices.Backward(offers) {
			if q := mediaTypeQuality([]string{first, second}, offer); q >= max(highest, 1) {
				want, highest = offer, q
			}
		}
		if got != want || highest > fullQuality {
			t.Fatalf("%q, %q prefers %q, want %q with the quality %d", first, second, got, want, highest)
		}
		if lines := PreferredMediaType([]string{first, ",", second, ""}, offers...); lines != got {
			t.Fatalf("%q, %q prefers %q, on more lines %q", first, second, got, lines)
		}
		if strings.Contains(first, `"`) {
			return // which may hold the comma
		}
		if joined := PreferredMediaType([]string{first + "," + second}, offers...); joined != got {
			t.Fatalf("%q, %q prefers %q, on one line %q", first, second, got, joined)
		}
	})
}
