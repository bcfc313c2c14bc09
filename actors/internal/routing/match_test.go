package routing

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// splitting is the plain way to read a table: it splits the whole path first, and decodes each segment.
type splitting struct{ *Table[int] }

func (t splitting) match(method, path string) (found *Entry[int], params []Param) {
	segments := splitPath(path)
	var matched []string
	t.walk(&t.root, segments, nil, func(l leaf[int], wildcards []string) bool {
		found, matched = l.entry(method), slices.Clone(wildcards)
		return found != nil
	})
	if found == nil {
		return nil, nil
	}
	for _, s := range found.Pattern.segments {
		if s.wildcard != "" {
			params = append(params, Param{s.wildcard, matched[len(params)]})
		}
	}
	if found.Pattern.rest != "" {
		params = append(params, Param{found.Pattern.rest, strings.Join(segments[len(found.Pattern.segments):], "/")})
	}
	return found, params
}

func (t splitting) subtree(method, path string) *Entry[int] {
	if strings.HasSuffix(path, "/") {
		return nil
	}
	found, _ := t.match(method, path+"/")
	if found == nil || !found.Pattern.multi ||
		len(found.Pattern.segments) != strings.Count(path, "/") {
		return nil
	}
	return found
}

func (t splitting) methodsOf(path string) (methods []string) {
	t.walk(&t.root, splitPath(path), nil, func(l leaf[int], _ []string) bool {
		for _, r := range l {
			methods = append(methods, r.Pattern.method)
		}
		return false
	})
	return withHEAD(methods)
}

func (t splitting) walk(n *node[int], segments, wildcards []string, visit func(leaf[int], []string) bool) bool {
	if len(segments) == 0 {
		return len(n.end) > 0 && visit(n.end, wildcards)
	}
	first := segments[0]
	if next := n.literals[first]; next != nil && t.walk(next, segments[1:], wildcards, visit) {
		return true
	}
	if first != "" && n.wildcard != nil && t.walk(n.wildcard, segments[1:], append(wildcards, first), visit) {
		return true
	}
	return len(n.multi) > 0 && visit(n.multi, wildcards)
}

func splitPath(path string) []string {
	segments := strings.Split(strings.TrimPrefix(path, "/"), "/")
	for i, s := range segments {
		segments[i], _ = url.PathUnescape(s)
	}
	return segments
}

// FuzzRoutesBesideSplitting: for all patterns and paths, a table reads a path as if it were split.
func FuzzRoutesBesideSplitting(f *testing.F) {
	for seed := range uint64(300) {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, seed uint64) {
		random := rand.New(rand.NewPCG(seed, 2))
		var table Table[int]
		var patterns []string
		for range 1 + random.IntN(20) {
			text := randomPattern(random)
			if random.IntN(3) == 0 {
				text = deepPattern(random)
			}
			parsed, err := Parse(text)
			if err == nil && table.addIfItMay(&Entry[int]{Pattern: parsed}) == nil {
				patterns = append(patterns, text)
			}
		}
		plain := splitting{&table}
		for range 100 {
			method, path := pick(random, "GET", "GET", "HEAD", "POST", "BREW", "TRACE"), uncleanPath(random)
			r, params := table.match(method, path)
			wanted, wantedParams := plain.match(method, path)
			if r != wanted || !slices.Equal(params, wantedParams) {
				t.Errorf("%s %s with %q: want %v %v, got %v %v", method, path, patterns, textOf(wanted), wantedParams, textOf(r), params)
			}
			if r, wanted := table.subtree(method, path), plain.subtree(method, path); r != wanted {
				t.Errorf("%s %s with %q: want the subtree %v, got %v", method, path, patterns, textOf(wanted), textOf(r))
			}
			if got, wanted := table.Methods(path), plain.methodsOf(path); !reflect.DeepEqual(got, wanted) {
				t.Errorf("%s with %q: want the methods %q, got %q", path, patterns, wanted, got)
			}
		}
	})
}

func textOf(r *Entry[int]) string {
	if r == nil {
		return "none"
	}
	return r.Pattern.text
}

// deepPattern is deeper than usualDepth.
func deepPattern(random *rand.Rand) string {
	text := pick(random, "", "GET ", "POST ")
	for i := range random.IntN(usualDepth + 4) {
		text += "/" + pick(random, "a", "a", "b", fmt.Sprintf("{x%d}", i))
	}
	return text + pick(random, "", "/", "/{$}", "/{rest...}", "/c")
}

// uncleanPath may be deep, and have empty segments, also where a router never gets them.
func uncleanPath(random *rand.Rand) string {
	path := randomPath(random)
	for range random.IntN(3) * random.IntN(usualDepth) {
		path += pick(random, "/", "/a", "/a", "/b", "/%2F%2f", "/%25", "/%C3%A9", "//", "/a%2Fb/")
	}
	return path
}

// One lookup of each kind, as the router does them.
var lookups = []struct {
	name, method, path string
	patterns           []string
	allocs             float64
}{
	{"404 with 4,000 segments", "GET", strings.Repeat("/a", 4000), []string{"GET /{$}", "GET /a/b", "GET /a/{x}/b"}, 0},
	{"404 with 4,000 empty segments", "GET", strings.Repeat("/", 4000), []string{"GET /{$}", "GET /a/b", "GET /a/{x}/b"}, 0},
	{"404 with 1,300 encoded slashes in a segment", "GET", strings.Repeat("/a", 100) + "/" + strings.Repeat("%2F", 1300),
		[]string{"GET /{$}", "GET /a/b", "GET /a/{x}/b"}, 0},
	{"404 with 1,300 encoded slashes in the first segment", "GET", "/" + strings.Repeat("%2F", 1300) + "/a",
		[]string{"GET /{$}", "GET /a/b", "GET /a/{x}/b"}, 3},
	{"404 with a segment of 4,000 octets", "GET", "/" + strings.Repeat("a", 4000), []string{"GET /{$}", "GET /a/b", "GET /{x}/b"}, 0},
	{"404 among forks", "GET", strings.Repeat("/a", 8), forks(7), 0},
	{"405 with 4,000 segments", "PUT", strings.Repeat("/a", 4000), []string{"GET /{rest...}", "POST /a/{rest...}"}, 3},
	{"a literal", "GET", "/a/b/c", []string{"GET /{$}", "GET /a/b/c", "GET /a/{x}/c"}, 0},
	{"a wildcard", "GET", "/a/b/c", []string{"GET /{$}", "GET /a/b", "GET /a/{x}/c"}, 1},
	{"an encoded wildcard", "GET", "/a/b%20c/c", []string{"GET /{$}", "GET /a/b", "GET /a/{x}/c"}, 2},
	{"eight wildcards", "GET", "/1/2/3/4/5/6/7/8", []string{"GET /{a}/{b}/{c}/{d}/{e}/{f}/{g}/{h}"}, 1},
	{"the rest of 4,000 segments", "GET", strings.Repeat("/a", 4000), []string{"GET /{$}", "GET /a/b", "GET /a/{rest...}"}, 1},
	{"a subtree of 4,000 segments", "GET", strings.Repeat("/a", 4000), []string{"GET /{$}", "GET /a/b", "GET /a/"}, 0},
	{"a redirect to a subtree", "GET", "/a/b", []string{"GET /{$}", "GET /a/b/"}, 0},
}

// forks are patterns without conflicts in which each segment may be a literal or a wildcard.
func forks(depth int) (patterns []string) {
	for which := range 1 << depth {
		text := "GET "
		for i := range depth {
			text += [...]string{"/a", fmt.Sprintf("/{x%d}", i)}[which>>i&1]
		}
		patterns = append(patterns, fmt.Sprintf("%s/b%d", text, which))
	}
	return patterns
}

func tableOf(t testing.TB, patterns []string) *Table[int] {
	var table Table[int]
	for _, text := range patterns {
		parsed, err := Parse(text)
		if err == nil {
			err = table.addIfItMay(&Entry[int]{Pattern: parsed})
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return &table
}

// look asks what the router asks of its table for a request.
func (t *Table[T]) look(method, path string) (found *Entry[T]) {
	if found, _ = t.match(method, path); found == nil {
		if len(t.Methods(path)) > 0 {
			return nil
		}
		return t.subtree(method, path)
	}
	if found.Pattern.multi {
		t.subtree(method, path)
	}
	return found
}

func BenchmarkRoutes(b *testing.B) {
	for _, l := range lookups {
		table := tableOf(b, l.patterns)
		b.Run(l.name+"/ours", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				table.look(l.method, l.path)
			}
		})
		mux := http.NewServeMux()
		for _, text := range l.patterns {
			mux.HandleFunc(text, func(http.ResponseWriter, *http.Request) {})
		}
		b.Run(l.name+"/net-http", func(b *testing.B) {
			b.ReportAllocs()
			request := httptest.NewRequest(l.method, l.path, nil)
			for b.Loop() {
				mux.ServeHTTP(nothing{}, request)
			}
		})
	}
}

// nothing takes an answer of net/http and does nothing with it.
type nothing struct{}

func (nothing) Header() http.Header         { return http.Header{} }
func (nothing) Write(b []byte) (int, error) { return len(b), nil }
func (nothing) WriteHeader(int)             {}

// addIfItMay adds a route that conflicts with no other.
func (t *Table[T]) addIfItMay(added *Entry[T]) error {
	err := t.Conflict(added)
	if err == nil {
		t.Add(added)
	}
	return err
}
