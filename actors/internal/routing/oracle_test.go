package routing

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
	ours     Table[int]
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
	parsed, ours := Parse(text)
	if ours == nil {
		ours = b.ours.Conflict(&Entry[int]{Pattern: parsed})
	}
	oracle = addToOracle(b.oracle, text)
	if ours == nil && oracle == nil {
		b.ours.Add(&Entry[int]{Pattern: parsed})
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
		if parsed, err := Parse(r.Pattern); err == nil {
			for _, name := range parsed.wildcardNames() {
				w.Header().Add("Params", name+"="+url.QueryEscape(r.PathValue(name)))
			}
		}
	})
	return nil
}

// wildcardNames are the names in the pattern, in order.
func (p *Pattern) wildcardNames() (names []string) {
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
		got = found.Pattern.text
	}
	for _, p := range params {
		gotParams = append(gotParams, p.Name+"="+url.QueryEscape(p.Value))
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
	methods := b.ours.Methods(path)
	if !strings.HasSuffix(path, "/") {
		methods = append(methods, b.ours.Methods(path+"/")...)
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

// FuzzRoutes: for all patterns, ours and net/http agree which conflict, which one wins for a path, and what its
// wildcards match.
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

// Paths are decoded once: /a%41 is /aA, and not the literal "a%41" that the pattern "/a%2541" means.
func TestAPathIsNeverLookedUpEncoded(t *testing.T) {
	both := newTables(t, "/a%2541", "/b%252Fc", "/{x}")
	for _, path := range []string{"/a%41", "/a%2541", "/b%2Fc", "/b%252Fc"} {
		both.compare(t, "GET", path)
	}
}
