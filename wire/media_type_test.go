package wire

import (
	"fmt"
	"mime"
	"strings"
	"testing"
)

// describeMediaType is "refused", or the type and its parameters, quoted.
func describeMediaType(value string) string {
	parsed, ok := ParseMediaType(value)
	if !ok {
		return "refused"
	}
	text := parsed.Type + "/" + parsed.Subtype
	for _, p := range parsed.Parameters {
		text += fmt.Sprintf(" %s=%q", p.Name, p.Value)
	}
	return text
}

func TestParseMediaType(t *testing.T) {
	for _, test := range []struct{ name, value, want string }{
		{"§8.3.1 no parameters", "text/html", `text/html`},
		{"§8.3.1 the example", "text/html;charset=utf-8", `text/html charset="utf-8"`},
		{"§8.3.1 the example, in other case", `Text/HTML;Charset="utf-8"`, `text/html charset="utf-8"`},
		{"§8.3.1 the example, spaced", `text/html; charset="utf-8"`, `text/html charset="utf-8"`},
		{"§8.3.1 a value keeps its case", "text/html;charset=UTF-8", `text/html charset="UTF-8"`},
		{"§8.3.3 multipart", "multipart/form-data; boundary=-_AaB03x", `multipart/form-data boundary="-_AaB03x"`},
		{"§5.6.6 in order", "a/b;z=1;y=2;x=3", `a/b z="1" y="2" x="3"`},
		{"§5.6.6 white space around the semicolon", "a/b \t;\t x=1 \t", `a/b x="1"`},
		{"§5.6.6 empty parameters", "a/b;; ;x=1; ;", `a/b x="1"`},
		{"§5.6.6 white space before the equals sign", "a/b;x =1", "refused"},
		{"§5.6.6 white space after the equals sign", "a/b;x= 1", "refused"},
		{"§5.6.6 no value", "a/b;x=", "refused"},
		{"§5.6.6 no equals sign", "a/b;x", "refused"},
		{"§5.6.6 no name", "a/b;=1", "refused"},
		{"§5.6.6 no semicolon", "a/b x=1", "refused"},
		{"§5.6.6 a token ends early", "a/b;x=1@", "refused"},
		{"§5.6.4 empty", `a/b;x=""`, `a/b x=""`},
		{"§5.6.4 a semicolon in quotes", `a/b;x="1;y=2";z=3`, `a/b x="1;y=2" z="3"`},
		{"§5.6.4 quoted pairs", `a/b;x="\"\\\a\ ";y=1`, `a/b x="\"\\a " y="1"`},
		{"§5.6.4 one quoted pair", `a/b;x="1\23"`, `a/b x="123"`},
		{"§5.6.4 obs-text", "a/b;x=\"\xe9\\\xe9\"", `a/b x="\xe9\xe9"`},
		{"§5.6.4 not closed", `a/b;x="1`, "refused"},
		{"§5.6.4 closed by a quoted pair", `a/b;x="1\"`, "refused"},
		{"§5.6.4 one quote", `a/b;x="`, "refused"},
		{"§5.6.4 ends in a backslash", `a/b;x="\`, "refused"},
		{"§5.6.4 a control octet", "a/b;x=\"\x01\"", "refused"},
		{"§5.6.4 a control octet in a quoted pair", "a/b;x=\"\\\x7f\"", "refused"},
		{"§5.6.4 more after the quotes", `a/b;x="1"2`, "refused"},
		{"RFC 6838 §4.3 twice", "a/b;x=1;y=2;x=1", "refused"},
		{"RFC 6838 §4.3 twice, in other case", "a/b;x=1;X=2", "refused"},
		{"§8.3.1 empty", "", "refused"},
		{"§8.3.1 only white space", " ", "refused"},
		{"§8.3.1 no subtype", "text", "refused"},
		{"§8.3.1 an empty subtype", "text/", "refused"},
		{"§8.3.1 an empty subtype, with a parameter", "text/;x=1", "refused"},
		{"§8.3.1 an empty type", "/html", "refused"},
		{"§8.3.1 white space before the slash", "text /html", "refused"},
		{"§8.3.1 white space after the slash", "text/ html", "refused"},
		{"§8.3.1 two slashes", "text/html/x", "refused"},
		{"§8.3.1 two types", "text/html, text/plain", "refused"},
		{"§8.3.1 white space around", "\ttext/html ", "text/html"},
		{"as many parameters as are read", "a/b" + numbered(maxParameters), "a/b" + strings.NewReplacer(";", " ", "=1", `="1"`).Replace(numbered(maxParameters))},
		{"more parameters than are read", "a/b" + numbered(maxParameters+1), "refused"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := describeMediaType(test.value); got != test.want {
				t.Errorf("%q is %s, want %s", test.value, got, test.want)
			}
		})
	}
}

// numbered is n parameters with different names.
func numbered(n int) (list string) {
	for i := range n {
		list += fmt.Sprintf(";p%d=1", i)
	}
	return list
}

func TestMediaTypeIs(t *testing.T) {
	parsed, _ := ParseMediaType("Application/JSON; charset=utf-8")
	for name, want := range map[string]bool{
		"application/json": true, "APPLICATION/json": true, "application/jso": false, "application": false, "": false,
		"text/json": false, "application/json; charset=utf-8": false, "application/*": false,
	} {
		if got := parsed.Is(name); got != want {
			t.Errorf("RFC 9110 §8.3.1: Application/JSON is %q: %v", name, got)
		}
	}
}

func TestMediaTypeSuffix(t *testing.T) {
	for value, want := range map[string]string{
		"application/problem+json": "json", "image/SVG+XML": "xml", "application/json": "", "a/b+c+d": "d", "a/b+": "", "a/+b": "b",
	} {
		if parsed, _ := ParseMediaType(value); parsed.Suffix() != want {
			t.Errorf("RFC 6838 §4.2.8: %s has the suffix %q, want %q", value, parsed.Suffix(), want)
		}
	}
}

func TestParametersGet(t *testing.T) {
	parsed, _ := ParseMediaType(`multipart/mixed; Boundary="a b"; charset=x`)
	for name, want := range map[string]string{"boundary": "a b", "BOUNDARY": "a b", "charset": "x", "chars": "", "": ""} {
		if got := parsed.Parameters.Get(name); got != want {
			t.Errorf("RFC 9110 §5.6.6: %q is %q, want %q", name, got, want)
		}
	}
}

func TestCutMember(t *testing.T) {
	for in, want := range map[string]string{
		"": "", ",": "", " , ,\t": "", "a": "a", ", a , ,b c,": "a|b c", `a;x="1,2",b`: `a;x="1,2"|b`,
		`a;x="\",",b`: `a;x="\","|b`, `"a,b`: `"a,b`, `a,"b","c,d`: `a|"b"|"c,d`, "a,\"\x01\",b": "a|\"\x01\",b",
	} {
		var got []string
		for member, rest := cutMember(in); member != ""; member, rest = cutMember(rest) {
			got = append(got, member)
		}
		if strings.Join(got, "|") != want {
			t.Errorf("RFC 9110 §5.6.1.2: %q has the members %q, want %q", in, got, want)
		}
	}
}

// Invariant: what is accepted package mime accepts too, reads the same, and writes so that it is read the same again.
// Package mime also decodes the extended parameters of RFC 8187, which are as received here.
func FuzzParseMediaType(f *testing.F) {
	for _, value := range []string{
		"text/html", `Text/HTML;Charset="utf-8"`, "a/b;; x=1 ;y=\"\\\"\\\\\"; ", "a/b;x=1;x=1", "a/b;x=\"", "*/*", "a/b;x=1 y",
	} {
		f.Add(value)
	}
	f.Fuzz(func(t *testing.T, value string) {
		ours, ok := ParseMediaType(value)
		if !ok || strings.Contains(value, "*") {
			return
		}
		parameters := map[string]string{}
		for _, p := range ours.Parameters {
			if p.Name != strings.ToLower(p.Name) || !isToken(p.Name) || ours.Parameters.Get(p.Name) != p.Value {
				t.Fatalf("%q has the parameter %q", value, p)
			}
			parameters[p.Name] = p.Value
		}
		if !ours.Is(ours.Type+"/"+ours.Subtype) || len(parameters) != len(ours.Parameters) || len(parameters) > maxParameters {
			t.Fatalf("%q is %v", value, ours)
		}
		// Package mime does not know empty parameters, and takes a backslash before some octets for itself.
		name, theirs, err := mime.ParseMediaType(value)
		if err == nil && !strings.Contains(value, `\`) && (name != ours.Type+"/"+ours.Subtype || fmt.Sprint(theirs) != fmt.Sprint(parameters)) {
			t.Fatalf("%q is %v, for package mime %s %v", value, ours, name, theirs)
		}
		for _, v := range parameters {
			if strings.ContainsFunc(v, func(r rune) bool { return r > '~' || r == '\t' || r == '{' || r == '}' }) {
				return // package mime writes these as RFC 8187 does, and braces bare: its tokens have them (RFC 2045 §5.1)
			}
		}
		formatted := mime.FormatMediaType(ours.Type+"/"+ours.Subtype, parameters)
		again, ok := ParseMediaType(formatted)
		if !ok || len(again.Parameters) != len(parameters) || again.Type != ours.Type || again.Subtype != ours.Subtype {
			t.Fatalf("%q, which is %q again, is %v, want %v", value, formatted, again, ours)
		}
		for _, p := range again.Parameters {
			if p.Value != parameters[p.Name] {
				t.Fatalf("%q, which is %q again, is %v, want %v", value, formatted, again, ours)
			}
		}
	})
}
