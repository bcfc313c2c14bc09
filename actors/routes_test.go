package actors

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
)

// tables holds the same patterns twice: in a route table, and in net/http.ServeMux as the oracle.
type tables struct {
	ours     routeTable
	oracle   *http.ServeMux
	patterns []string
}

func newTables(t *testing.T, patterns ...string) *tables {
	t.Helper()
	both := &tables{oracle: http.NewServeMux()}
	for _, text := range patterns {
		if ours, oracle := both.add(text); ours != nil || oracle != nil {
			t.Fatalf("pattern %q: %v; net/http: %v", text, ours, oracle)
		}
	}
	return both
}

// add adds the pattern to both, unless one of them refuses it.
func (b *tables) add(text string) (ours, oracle error) {
	parsed, ours := parsePattern(text)
	if ours == nil {
		ours = b.ours.conflict(&route{pattern: parsed})
	}
	oracle = addToOracle(b.oracle, text)
	if ours == nil && oracle == nil {
		b.ours.add(&route{pattern: parsed})
		b.patterns = append(b.patterns, text)
	}
	return ours, oracle
}

// addToOracle has net/http say no by an error, not by a panic.
func addToOracle(mux *http.ServeMux, text string) (err error) {
	defer func() {
		if reason := recover(); reason != nil {
			err = fmt.Errorf("%v", reason)
		}
	}()
	mux.HandleFunc(text, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Pattern", r.Pattern)
		if parsed, err := parsePattern(r.Pattern); err == nil {
			for _, name := range parsed.wildcardNames() {
				w.Header().Add("Params", name+"="+url.QueryEscape(r.PathValue(name)))
			}
		}
	})
	return nil
}

// wildcardNames are the names in the pattern, in order.
func (p *pattern) wildcardNames() (names []string) {
	for _, s := range p.segments {
		if s.wildcard != "" {
			names = append(names, s.wildcard)
		}
	}
	if p.rest != "" {
		names = append(names, p.rest)
	}
	return names
}

// compare fails if ours does not do as net/http does for that request.
func (b *tables) compare(t *testing.T, method, path string) {
	t.Helper()
	recorder := httptest.NewRecorder()
	b.oracle.ServeHTTP(recorder, httptest.NewRequest(method, path, nil))
	if 300 <= recorder.Code && recorder.Code < 400 {
		return // paths that net/http redirects are the router's business, see TestTheRouterAnswersWhereNoHandlerCan
	}
	wanted, wantedParams := recorder.Header().Get("Pattern"), recorder.Header()["Params"]
	var got string
	var gotParams []string
	found, params := b.ours.match(method, path)
	if found != nil {
		got = found.pattern.text
	}
	for _, p := range params {
		gotParams = append(gotParams, p.name+"="+url.QueryEscape(p.value))
	}
	if got != wanted || !slices.Equal(gotParams, wantedParams) {
		t.Errorf("%s %s with %q: want %q %q, got %q %q", method, path, b.patterns, wanted, wantedParams, got, gotParams)
	}
	if wanted == "" {
		b.compareMethods(t, path, recorder)
	}
}

// compareMethods compares what is allowed where nothing matched. For a path without a slash at its
// end net/http also counts the subtree, which the router redirects to.
func (b *tables) compareMethods(t *testing.T, path string, recorder *httptest.ResponseRecorder) {
	t.Helper()
	methods := b.ours.methods(path)
	if !strings.HasSuffix(path, "/") {
		methods = append(methods, b.ours.methods(path+"/")...)
		slices.Sort(methods)
		methods = slices.Compact(methods)
	}
	if got, wanted := strings.Join(methods, ", "), recorder.Header().Get("Allow"); got != wanted {
		t.Errorf("%s with %q: want Allow %q, got %q", path, b.patterns, wanted, got)
	}
}

func TestTheMostSpecificRouteWins(t *testing.T) {
	tests := []struct {
		name     string
		patterns []string
		paths    []string
	}{
		{"a literal over a wildcard over the rest", []string{"/", "/a/", "/a/{x}", "/a/b", "/a/{x}/c", "/b/c/{y...}"},
			[]string{"/", "/x", "/a/", "/a/b", "/a/c", "/a/c/c", "/a/b/c", "/a/b/c/d", "/a/c/d", "/a/c/c/d", "/b/c", "/b/c/", "/b/c/d/e"}},
		{"backtracking", []string{"/a/b/c", "/a/{x}/d", "/{y}/b/e", "/{rest...}"},
			[]string{"/a/b/c", "/a/b/d", "/a/b/e", "/a/b/f", "/a/z/d", "/z/b/e", "/z"}},
		{"{$} is the path itself", []string{"/{$}", "/a/{$}", "/a/{x}", "/b/{x...}"},
			[]string{"/", "/a", "/a/", "/a/b", "/a/b/", "/b", "/b/", "/b/c", "/b/c/"}},
		{"the rest may be empty", []string{"/a/{rest...}"}, []string{"/a", "/a/", "/a/b", "/a/b/", "/a/b/c"}},
		{"a wildcard is never empty", []string{"/a/{x}", "/a/{x}/b"}, []string{"/a/", "/a/x", "/a/x/", "/a/x/b"}},
		{"a method over none, and GET for HEAD", []string{"/a", "GET /a", "POST /a", "HEAD /b", "GET /b", "GET /c/", "DELETE /c/d"},
			[]string{"/a", "/b", "/c/", "/c/d"}},
		{"percent-encoding is undone once, segment by segment", []string{"/a%2Fb", "/a%20b", "/f/{x}/c", "/d/{rest...}", "/%7Bx%7D", "/%C3%A9"},
			[]string{"/a%2Fb", "/a%2fb", "/a/b", "/a%20b", "/%61%20b", "/f/x%2Fy/c", "/d/%2F/%20", "/%7bx%7D", "/é", "/%25", "/d/%252F"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			both := newTables(t, test.patterns...)
			for _, path := range test.paths {
				for _, method := range []string{"GET", "HEAD", "POST", "DELETE", "BREW"} {
					both.compare(t, method, path)
				}
			}
		})
	}
}

func TestPatternsOfAnySyntax(t *testing.T) {
	for _, text := range []string{
		"/", "GET /", "GET  /a", "GET \t/a", "G@T /a", "brew /a", "", "a", "GET", "GET ", "/a/{}", "/{a", "/{a}b", "/b{a}",
		"/{$}", "/{$}/a", "/a/{$}", "/{a...}", "/{a...}/b", "/{a...}/", "/{$...}", "/{...}", "/{a}/{a}", "/{a}/{a...}", "/{a}/{b...}",
		"/{1}", "/{a-b}", "/{é}", "/{_}", "/{a b}", "/a//b", "//", "/a/./b", "/a/../b", "/%2F", "/{a%20}",
	} {
		// Where net/http takes a pattern, a path that is not clean could not match in ours.
		unclean := strings.Contains(text, "//") || strings.Contains(text, "/.")
		_, ours := parsePattern(text)
		oracle := addToOracle(http.NewServeMux(), text)
		if (ours == nil) != (oracle == nil) && !unclean {
			t.Errorf("pattern %q: ours says %v, net/http says %v", text, ours, oracle)
		}
		if ours != nil && !strings.Contains(ours.Error(), fmt.Sprintf("%q", text)) {
			t.Errorf("the error names the pattern %q: got %v", text, ours)
		}
	}
	for _, text := range []string{" /a", "/a}", "/%zz", "/a%"} {
		if _, err := parsePattern(text); err == nil {
			t.Errorf("pattern %q: net/http takes it, but it is a slip of the pen", text)
		}
	}
	for _, text := range []string{"example.com/", "GET example.com/a"} {
		if _, err := parsePattern(text); err == nil || !strings.Contains(err.Error(), "hosts are not supported") {
			t.Errorf("pattern %q: hosts are not supported, and the error says so: got %v", text, err)
		}
	}
}

// FuzzRoutes: whatever patterns there are, ours and net/http agree on which conflict, on which one
// wins for a path, and on what its wildcards matched.
func FuzzRoutes(f *testing.F) {
	for seed := range uint64(200) {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, seed uint64) {
		random := rand.New(rand.NewPCG(seed, 1))
		both := newTables(t)
		for range 1 + random.IntN(10) {
			text := randomPattern(random)
			before := slices.Clone(both.patterns)
			if ours, oracle := both.add(text); (ours == nil) != (oracle == nil) {
				t.Fatalf("pattern %q beside %q: ours says %v, net/http says %v", text, before, ours, oracle)
			}
		}
		for range 100 {
			both.compare(t, pick(random, "GET", "GET", "HEAD", "POST", "BREW"), randomPath(random))
		}
	})
}

func pick(random *rand.Rand, from ...string) string { return from[random.IntN(len(from))] }

func randomPattern(random *rand.Rand) string {
	text := pick(random, "", "", "GET ", "GET ", "HEAD ", "POST ")
	for i := range random.IntN(4) {
		text += "/" + pick(random, "a", "a", "b", "c%20d", "e%2Ff", fmt.Sprintf("{x%d}", i), fmt.Sprintf("{x%d}", i))
	}
	return text + pick(random, "/", "/{$}", "/{rest...}", "/a", "/b", "/{last}", "/{last}")
}

func randomPath(random *rand.Rand) string {
	path := ""
	for range random.IntN(5) {
		path += "/" + pick(random, "a", "a", "a", "b", "b", "c", "%61", "c%20d", "e%2Ff", "e%2ff")
	}
	if path == "" || random.IntN(4) == 0 {
		path += "/"
	}
	return path
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
		a, errA := parsePattern(test.a)
		b, errB := parsePattern(test.b)
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

// Paths are decoded once: /a%41 is /aA, and not the literal "a%41" that the pattern "/a%2541" means.
func TestAPathIsNeverLookedUpEncoded(t *testing.T) {
	both := newTables(t, "/a%2541", "/b%252Fc", "/{x}")
	for _, path := range []string{"/a%41", "/a%2541", "/b%2Fc", "/b%252Fc"} {
		both.compare(t, "GET", path)
	}
}

// Patterns have the syntax of net/http.ServeMux: a tab may follow the method, and a wildcard may be
// called like a keyword.
func TestPatternsThatServeMuxTakes(t *testing.T) {
	for _, text := range []string{"GET\t/a", "GET \t /a", "/{type}", "/{range...}", "/{func}/{default}"} {
		_, ours := parsePattern(text)
		if oracle := addToOracle(http.NewServeMux(), text); (ours == nil) != (oracle == nil) {
			t.Errorf("pattern %q: ours says %v, net/http says %v", text, ours, oracle)
		}
	}
}
