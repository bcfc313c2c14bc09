package routing

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

func TestPatternsOfAnySyntax(t *testing.T) {
	for _, text := range []string{
		"/", "GET /", "GET  /a", "GET \t/a", "G@T /a", "brew /a", "", "a", "GET", "GET ", "/a/{}", "/{a", "/{a}b", "/b{a}",
		"/{$}", "/{$}/a", "/a/{$}", "/{a...}", "/{a...}/b", "/{a...}/", "/{$...}", "/{...}", "/{a}/{a}", "/{a}/{a...}", "/{a}/{b...}",
		"/{1}", "/{a-b}", "/{é}", "/{_}", "/{a b}", "/a//b", "//", "/a/./b", "/a/../b", "/%2F", "/{a%20}",
	} {
		// Where net/http takes a pattern, a path that is not clean could not match in ours.
		unclean := strings.Contains(text, "//") || strings.Contains(text, "/.")
		_, ours := Parse(text)
		oracle := addToOracle(http.NewServeMux(), text)
		if (ours == nil) != (oracle == nil) && !unclean {
			t.Errorf("pattern %q: ours says %v, net/http says %v", text, ours, oracle)
		}
		if ours != nil && !strings.Contains(ours.Error(), fmt.Sprintf("%q", text)) {
			t.Errorf("the error names the pattern %q: got %v", text, ours)
		}
	}
	for _, text := range []string{" /a", "/a}", "/%zz", "/a%"} {
		if _, err := Parse(text); err == nil {
			t.Errorf("pattern %q: net/http takes it, but it is a slip of the pen", text)
		}
	}
	for _, text := range []string{"example.com/", "GET example.com/a"} {
		if _, err := Parse(text); err == nil || !strings.Contains(err.Error(), "hosts are not supported") {
			t.Errorf("pattern %q: hosts are not supported, and the error says so: got %v", text, err)
		}
	}
}

// Patterns have the syntax of net/http.ServeMux: a tab may follow the method, and a wildcard may be
// called like a keyword.
func TestPatternsThatServeMuxTakes(t *testing.T) {
	for _, text := range []string{"GET\t/a", "GET \t /a", "/{type}", "/{range...}", "/{func}/{default}"} {
		_, ours := Parse(text)
		if oracle := addToOracle(http.NewServeMux(), text); (ours == nil) != (oracle == nil) {
			t.Errorf("pattern %q: ours says %v, net/http says %v", text, ours, oracle)
		}
	}
}

func TestRelationsOfPatterns(t *testing.T) {
	tests := []struct {
		a, b string
		want relation
	}{
		{"/a", "/a", equal},
		{"/{x}", "/{y}", equal},
		{"/a/", "/a/{rest...}", equal},
		{"/a", "/{x}", narrower},
		{"/{rest...}", "/{x}", wider},
		{"/a/{$}", "/a/", narrower},
		{"GET /a", "/a", narrower},
		{"HEAD /a", "GET /a", narrower},
		{"GET /{x}", "/a", overlapping},
		{"/{x}/b", "/a/{y}", overlapping},
		{"/a/{x}/", "/a/b/{$}", wider},
		{"/a", "/b", disjoint},
		{"/a", "/a/", disjoint},
		{"GET /a", "POST /a", disjoint},
		{"/a/{x}", "/a/{$}", disjoint},
		{"/a/b/", "/a/{x}", disjoint},
	}
	opposite := map[relation]relation{equal: equal, narrower: wider, wider: narrower, overlapping: overlapping, disjoint: disjoint}
	for _, test := range tests {
		a, errA := Parse(test.a)
		b, errB := Parse(test.b)
		if errA != nil || errB != nil {
			t.Fatal(errA, errB)
		}
		if got := relate(a, b); got != test.want {
			t.Errorf("%q and %q: want %v, got %v", test.a, test.b, test.want, got)
		}
		if got := relate(b, a); got != opposite[test.want] {
			t.Errorf("%q and %q the other way round: want %v, got %v", test.b, test.a, opposite[test.want], got)
		}
	}
}
