package strictness

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const strictnessPage = "../../../docs/explanation/strictness.md"

var mutations = flag.Int("mutations", 50_000, "how many random requests TestWhatOnlyWeTake tries")

// The page has a row for each leniency, and says what each rival does with the example.
func TestThePageOnStrictness(t *testing.T) {
	octets, err := os.ReadFile(strictnessPage)
	if err != nil {
		t.Fatal(err)
	}
	_, table, found := strings.Cut(string(octets), "| taken here | net/http | fasthttp | why |\n|---|---|---|---|\n")
	if !found {
		t.Fatalf("%s has no table of what a rival refuses", strictnessPage)
	}
	table, _, _ = strings.Cut(table, "\n\n")
	rows := strings.Split(table, "\n")
	if len(rows) != len(leniencies) {
		t.Errorf("the page has %d rows, there are %d leniencies", len(rows), len(leniencies))
	}
	rivals := judges(t)
	for _, l := range leniencies {
		r := take([]byte(l.example))
		if r == nil || len(r.leniencies()) != 1 || len(r.octets) != len(l.example) {
			t.Errorf("%s: the example %q has that kind alone, and is taken", l.name, l.example)
			continue
		}
		row := "| " + l.name
		for _, rival := range []string{"net/http", "fasthttp"} {
			if rivals[rival](r.octets) != "" {
				row += " | refused"
			} else {
				row += " | taken"
			}
		}
		if !slices.ContainsFunc(rows, func(s string) bool { return strings.HasPrefix(s, row+" | RFC ") }) {
			t.Errorf("the page lacks the row %s | …", row)
		}
		checkTaken(t, rivals, r)
	}
}

// checkTaken asserts that each rival takes the request or refuses it for a leniency that is listed,
// and that it takes it without.
func checkTaken(t *testing.T, rivals map[string]judge, r *taken) {
	t.Helper()
	all := r.leniencies()
	for name, asks := range rivals {
		known := func(l leniency) bool { return asks([]byte(l.example)) != "" }
		if refusal := asks(r.octets); refusal != "" && !slices.ContainsFunc(all, known) {
			t.Errorf("%q is taken here, and by %s refused for no reason that %s has: %s", r.octets, name, strictnessPage, refusal)
		}
	}
	if len(all) == 0 {
		return
	}
	plain := r.mended(all).rewritten(t)
	if again := take(plain); again == nil || len(again.octets) != len(plain) {
		t.Fatalf("%q became %q, which is not taken here", r.octets, plain)
	}
	for name, asks := range rivals {
		if refusal := asks(plain); refusal != "" {
			t.Errorf("%q without the leniencies that are known is %q, and %s refuses it: %s", r.octets, plain, name, refusal)
		}
	}
}

// Invariant: each rival accepts what we accept, or refuses it for a listed leniency.
func FuzzStrictness(f *testing.F) {
	for _, octets := range transcripts(f) {
		f.Add(octets)
	}
	rivals := judges(f)
	f.Fuzz(func(t *testing.T, octets []byte) {
		if r := take(octets); r != nil && len(octets) < 32<<10 {
			checkTaken(t, rivals, r)
		}
	})
}

// The same for requests that are combined from others. go test -run OnlyWe -v -mutations 5000000 ./strictness lists
// how many of each kind there were.
func TestWhatOnlyWeTake(t *testing.T) {
	random := rand.New(rand.NewPCG(uint64(*mutations), 1))
	first, rivals, counts, accepted := transcripts(t), judges(t), map[string]int{}, 0
	descendants := slices.Clone(first)
	for n := range *mutations {
		corpus := [][][]byte{first, descendants}[n%2]
		r := take(mutate(random, corpus))
		if r == nil {
			continue
		}
		if accepted++; random.IntN(20) == 0 {
			descendants[random.IntN(len(descendants))] = r.octets
		}
		checkTaken(t, rivals, r)
		for _, l := range r.leniencies() {
			counts[l.name]++
		}
		if t.Failed() {
			return
		}
	}
	t.Logf("of %d requests %d are taken here", *mutations, accepted)
	for _, l := range leniencies {
		t.Logf("%8d  %s", counts[l.name], l.name)
	}
}

// mutate puts a request together from those of the corpus.
func mutate(random *rand.Rand, corpus [][]byte) []byte {
	octets := string(pickOf(random, corpus))
	for range 1 + random.IntN(4) {
		at := random.IntN(len(octets) + 1)
		before, after := octets[:at], octets[at:]
		switch random.IntN(6) {
		case 0:
			octets = before + string([]byte{byte(random.IntN(256))}) + after
		case 1:
			octets = before + after[min(random.IntN(6), len(after)):]
		case 2:
			other := string(pickOf(random, corpus))
			octets = before + other[random.IntN(len(other)+1):]
		case 3: // a line among the others
			before = octets[:strings.LastIndex(before, "\n")+1]
			octets = before + pickOf(random, bits) + octets[len(before):]
		default:
			octets = before + pickOf(random, bits) + after
		}
	}
	return []byte(octets[:min(len(octets), 1<<10)])
}

func pickOf[T any](random *rand.Rand, from []T) T { return from[random.IntN(len(from))] }

// bits are what requests are made of.
var bits = []string{
	"\r\n", "\r\n\r\n", " ", "\t", ":", ",", ";", "=", `"`, "%41", "%0a", "%7f", "%C3%A9", "%", `\`, "^", "|", "[", "]", "{", "`", "\x80",
	"?", "/", "/../", "//", "@", "&", "!", "$", "'", "(", "*", "+", "~", "[::1]", "0", "0000000000000000", "1", "5\r\nhello\r\n", "0\r\n\r\n",
	";a=b", " ; a = \"b\"", "http://a", "http://a/", "https://b:1/", "CONNECT a:80", "OPTIONS * ", "HEAD ", "HTTP/1.0", "HTTP/1.2",
	"HTTP/1.1", "HTTP/1.9", "chunked", "close", "keep-alive", "Host: a\r\n", "Host:\r\n", "Content-Length: 0\r\n", "Content-Length: 3\r\n",
	"Transfer-Encoding: chunked\r\n", "Transfer-Encoding: ,chunked, \r\n", "Connection: close\r\n", "Connection: upgrade\r\n",
	"Upgrade: h2c\r\n", "Expect: 100-continue\r\n", "X: \r\n", "X:y\r\n", "Trailer: X\r\n", "TE: trailers\r\n", "Cookie: a\r\n",
	"Proxy-Connection: x\r\n", "Content-Type: multipart/form-data\r\n", "Content-Encoding: gzip\r\n", "Range: bytes=0-\r\n",
}

var escape = regexp.MustCompile(`\\(?:x[0-9a-f]{2}|[rnt\\]|\n|\{(\d+)\*([^}])\})`)

// transcripts are the octets of the transcripts of wire.
func transcripts(t testing.TB) (all [][]byte) {
	files, err := filepath.Glob("../../../wire/testdata/messages/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no transcripts: %v", err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for part := range strings.SplitSeq(string(text), "====\n") {
			for strings.HasPrefix(part, "# ") {
				_, part, _ = strings.Cut(part, "\n")
			}
			octets, _, _ := strings.Cut(part, "----\n")
			all = append(all, []byte(escape.ReplaceAllStringFunc(octets, unescape)))
		}
	}
	return all
}

func unescape(found string) string {
	if parts := escape.FindStringSubmatch(found); parts[1] != "" {
		n, _ := strconv.Atoi(parts[1])
		return strings.Repeat(parts[2], n)
	}
	if found == "\\\n" {
		return ""
	}
	octet, err := strconv.Unquote(`"` + found + `"`)
	if err != nil {
		return fmt.Sprint(err)
	}
	return octet
}
