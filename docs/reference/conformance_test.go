// Package reference_test runs the reference: conformance.md against the built program.
package reference_test

import (
	"bufio"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"log"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/troupe-go/troupe/actors/actorstest"
)

const (
	page     = "conformance.md"
	patience = 5 * time.Second // for what should happen soon

	health  = "GET /health HTTP/1.1\r\nHost: a\r\n\r\n"
	healthy = `{"status": "healthy"}`
)

var update = flag.Bool("update", false, "rewrite the index of "+page)

func TestConformance(t *testing.T) {
	cases := parsePage(t)
	address := startProgram(t)
	for _, c := range cases {
		t.Run(c.title, func(t *testing.T) {
			for _, how := range c.deliveries() {
				t.Run(how, func(t *testing.T) {
					t.Parallel()
					c.run(t, address, how)
				})
			}
		})
	}
}

// startProgram builds cmd/troupe and runs it for the length of the test. It looks at the sources, so
// that the go command does not repeat an old result from its cache.
func startProgram(t *testing.T) (address string) {
	for _, dir := range []string{"go.mod", "go.sum", "wire", "actors", "cmd/troupe"} {
		err := filepath.WalkDir(filepath.Join("../..", dir), func(_ string, _ fs.DirEntry, err error) error { return err })
		if err != nil {
			t.Fatal(err)
		}
	}
	binary := filepath.Join(t.TempDir(), "troupe.exe")
	build := exec.Command("go", "build", "-o", binary, "./cmd/troupe")
	build.Dir = "../.."
	if output, err := build.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, output)
	}
	program := exec.Command(binary, "--demo", "--addr", "127.0.0.1:0", "--log-level", "error")
	var complaints strings.Builder
	program.Stderr = &complaints
	stdout, err := program.StdoutPipe()
	if err = errors.Join(err, program.Start()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		program.Process.Kill()
		program.Wait()
		if complaints.Len() > 0 {
			t.Errorf("whatever is sent, the server has nothing to complain of itself:\n%s", complaints.String())
		}
	})
	line, err := bufio.NewReader(stdout).ReadString('\n')
	address, found := strings.CutPrefix(strings.TrimSpace(line), "Server running at http://")
	if !found {
		t.Fatalf("the program says %q (%v), not where it is", line, err)
	}
	return address
}

// The deliveries of a case: whole; octet by octet, if it is short; and, if the connection closes, with another
// request after it, which must change nothing.
const whole, cut, followed = "sent whole", "sent octet by octet", "with a request behind"

func (c *testCase) deliveries() []string {
	all, sent := []string{whole}, ""
	for _, s := range c.steps {
		sent += s.send
	}
	if strings.Contains(strings.ToLower(sent), "100-continue") {
		return all // whether content is there already decides the answer
	}
	if len(sent) < 1<<10 {
		all = append(all, cut)
	}
	if c.steps[len(c.steps)-1].after == "(closed)" && !slices.ContainsFunc(c.steps, func(s step) bool { return s.end }) {
		all = append(all, followed)
	}
	return all
}

func (c *testCase) run(t *testing.T, address, how string) {
	p := dial(t, address)
	why := fmt.Sprintf("%s:%d: %s", page, c.line, how)
	for i, s := range c.steps {
		if how == followed && i == len(c.steps)-2 {
			s.send += health
		}
		if s.sends {
			p.send(s.send, how == cut, s.end)
		} else {
			p.want(t, why, s)
		}
	}
}

// A peer is a client that sends what it is told to, and reads strictly.
type peer struct {
	*actorstest.Client
	ended bool // its side
}

func dial(t *testing.T, address string) *peer {
	p := &peer{Client: actorstest.Dial(t, "tcp", address)}
	p.Patience = patience
	return p
}

// send does not wait for long until all is taken: a server may answer before that.
func (p *peer) send(s string, cut, end bool) {
	p.ended = p.ended || end
	done := make(chan struct{})
	p.Conn.SetDeadline(time.Now().Add(patience))
	go func() {
		defer close(done)
		for piece := range slices.Chunk([]byte(s), map[bool]int{true: 1, false: max(len(s), 1)}[cut]) {
			p.Conn.Write(piece) // what cannot be sent shows in what is read
		}
		if end {
			p.Conn.(*net.TCPConn).CloseWrite()
		}
	}()
	select {
	case <-done:
	case <-time.After(patience / 5):
	}
	time.Sleep(time.Millisecond) // what is sent next should not be in the same segment
}

func (p *peer) want(t *testing.T, why string, s step) {
	for _, want := range s.responses {
		got, err := p.final(want)
		if err == nil {
			err = errors.Join(want.match(got), held(got))
		}
		if err != nil {
			t.Fatalf("%s: want %s: %v: got %v", why, want.status, err, got)
		}
	}
	switch s.after {
	case "(no more)":
		p.WantIdle(why)
	case "(open)":
		p.send(health, false, true)
		if got, err := p.final(&response{status: "200 OK"}); err != nil || got.Status != "200 OK" || got.Content != healthy {
			t.Fatalf("%s: want that the connection goes on with GET /health: %v: got %v", why, err, got)
		}
		fallthrough
	case "(closed)":
		p.WantClosed(why)
	}
}

// final reads the expected response. On a slow machine, a client that has ended its side may first get a 100 as a
// probe (RFC 9110 §15.2.1).
func (p *peer) final(want *response) (*actorstest.Response, error) {
	method := map[bool]string{true: "HEAD", false: "GET"}[want.bodiless]
	got, err := p.Read(method)
	for err == nil && p.ended && got.Status == "100 Continue" && want.status != got.Status {
		got, err = p.Read(method)
	}
	return got, err
}

// printable is what the lines of a response are made of here: no white space but one space, no octets of other languages.
var printable = regexp.MustCompile(`^HTTP/1\.1 \d\d\d [ -~]*\r\n([!-9;-~]+: [^\r]*\r\n)*\r\n`)

// held holds a response to what every response of this server has to keep, besides being well-formed.
func held(got *actorstest.Response) error {
	date, err := time.Parse(http.TimeFormat, got.Field("Date"))
	switch {
	case got.Status[0] != '1' && (err != nil || time.Since(date).Abs() > time.Minute):
		return fmt.Errorf("no Date, or not now (RFC 9110 §6.6.1): %v", err)
	case !printable.MatchString(got.Octets):
		return errors.New("its lines are odd, though they may be (RFC 9112 §4, §5)")
	case len(got.Trailers) > 0:
		return errors.New("no trailer section is sent here")
	}
	return nil
}

// A testCase is a section of the page.
type testCase struct {
	section, title string
	line           int
	steps          []step
}

// A step sends octets, or wants responses and what comes after them.
type step struct {
	send       string
	sends, end bool // end: the client ends its side behind it
	responses  []*response
	after      string // "(open)", "(closed)", "(no more)", or nothing
}

type response struct {
	status   string
	lines    []string
	bodiless bool
}

// match compares the answer with the lines of its block.
func (want *response) match(got *actorstest.Response) error {
	if got.Status != want.status {
		return errors.New("another status")
	}
	for _, line := range want.lines {
		name, value, colon := strings.Cut(line, ":")
		value = strings.TrimSpace(value)
		values := got.Field(name)
		if name == "body" {
			values = got.Content
		}
		switch prefix, more := strings.CutSuffix(value, "…"); {
		case !colon && len(got.Values(line[1:])) > 0:
			return fmt.Errorf("%s may not be there", line[1:])
		case more && (values == "" || !strings.HasPrefix(values, unescape(prefix))), colon && !more && values != unescape(value):
			return fmt.Errorf("%q, want %s", values, line)
		}
	}
	return nil
}

var escape = regexp.MustCompile(`\\(?:x[0-9a-f]{2}|[rnt\\]|\{(\d+)\*([^}]*)\})`)

// unescape gives text of the page as octets.
func unescape(s string) string {
	return escape.ReplaceAllStringFunc(s, func(found string) string {
		if parts := escape.FindStringSubmatch(found); parts[1] != "" {
			n, _ := strconv.Atoi(parts[1])
			return strings.Repeat(unescape(parts[2]), n)
		}
		octet, _ := strconv.Unquote(`"` + found + `"`)
		return octet
	})
}

var (
	heading = regexp.MustCompile(`^(RFC (\d+) §([\d.]+)) — (.+)\n`)
	block   = regexp.MustCompile("(?ms)^```(http|http end|expect)\n(.*?)^```$")
	ends    = regexp.MustCompile(`^\((open|closed|no more)\)$`)
	status  = regexp.MustCompile(`^[1-5]\d\d .+$`)
)

// parsePage reads the cases, which are in the order of the RFCs, and compares the index with them.
func parsePage(t *testing.T) (cases []*testCase) {
	octets, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	text, line, last := string(octets), 1, ""
	for part := range strings.SplitSeq(text, "\n### ") {
		if found := heading.FindStringSubmatch(part); found != nil {
			c := &testCase{section: found[1], title: found[4], line: line}
			for _, b := range block.FindAllStringSubmatch(part, -1) {
				c.steps = append(c.steps, parseBlock(t, c, b[1], b[2]))
			}
			if len(c.steps) < 2 || c.steps[len(c.steps)-1].after == "" {
				t.Fatalf("%s:%d: no octets, or no end", page, line)
			}
			rank := strings.Replace(found[2], "9112", "0", 1) // it goes before 9110
			for number := range strings.SplitSeq(found[3], ".") {
				rank += fmt.Sprintf(".%3s", number)
			}
			if rank < last {
				t.Errorf("%s:%d: not in the order of the RFCs", page, line)
			}
			cases, last = append(cases, c), rank
		}
		line += strings.Count(part, "\n") + 1
	}
	if checkIndex(t, text, cases); len(cases) < 220 {
		t.Errorf("%s has %d cases", page, len(cases))
	}
	return cases
}

func parseBlock(t *testing.T, c *testCase, kind, text string) (s step) {
	if kind != "expect" {
		text = strings.ReplaceAll(strings.ReplaceAll(text, "\n", "\r\n"), "\\\r\n", "")
		return step{send: unescape(text), sends: true, end: kind == "http end"}
	}
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		n := len(s.responses) - 1
		switch {
		case status.MatchString(line):
			s.responses = append(s.responses, &response{status: line})
		case ends.MatchString(line):
			s.after = line
		case n < 0 || s.after != "" || line == "":
			t.Fatalf("%s:%d: %s: not understood: %q", page, c.line, c.title, line)
		case line == "(no content)":
			s.responses[n].bodiless = true
		default:
			s.responses[n].lines = append(s.responses[n].lines, line)
		}
	}
	return s
}

// verdict is how a case ends: the status of its last response.
func (c *testCase) verdict() (verdict string) {
	verdict = "no response"
	for _, s := range c.steps {
		for _, r := range s.responses {
			verdict = r.status
		}
	}
	return verdict
}

const beginIndex, endIndex = "<!-- index: go test ./docs/reference -update -->\n", "<!-- end of index -->\n"

// checkIndex compares the index with the cases, or writes it.
func checkIndex(t *testing.T, text string, cases []*testCase) {
	before, rest, _ := strings.Cut(text, beginIndex)
	got, after, found := strings.Cut(rest, endIndex)
	if !found {
		t.Fatalf("%s has no place for the index", page)
	}
	byVerdict, bySection, sections := map[string]string{}, map[string][3]int{}, []string{}
	for _, c := range cases {
		full := c.section + " — " + c.title
		if strings.Contains(strings.Join(slices.Collect(maps.Values(byVerdict)), ""), "(#"+anchor(full)+")") {
			t.Errorf("%s:%d: its heading is there already", page, c.line)
		}
		byVerdict[c.verdict()] += fmt.Sprintf("- %s: [%s](#%s)\n", c.section, c.title, anchor(full))
		top := regexp.MustCompile(`^RFC \d+ §\d+`).FindString(c.section)
		if !slices.Contains(sections, top) {
			sections = append(sections, top)
		}
		count := bySection[top]
		count[0]++
		if v := c.verdict(); v < "4" {
			count[1]++
		} else if v < "6" {
			count[2]++
		}
		bySection[top] = count
	}
	want := fmt.Sprintf("%d cases.\n\n| section | cases | accepted | refused | no response |\n|---|---|---|---|---|\n", len(cases))
	for _, s := range sections {
		n := bySection[s]
		want += fmt.Sprintf("| %s | %d | %d | %d | %d |\n", s, n[0], n[1], n[2], n[0]-n[1]-n[2])
	}
	for _, v := range slices.Sorted(maps.Keys(byVerdict)) {
		want += fmt.Sprintf("\n<details><summary>%s: %d</summary>\n\n%s\n</details>\n", v, strings.Count(byVerdict[v], "\n"), byVerdict[v])
	}
	if got == want {
		return
	} else if !*update {
		t.Errorf("the index of %s is not that of its cases: go test ./docs/reference -update", page)
	} else if err := os.WriteFile(page, []byte(before+beginIndex+want+endIndex+after), 0o644); err != nil {
		t.Fatal(err)
	}
}

var peerRow = regexp.MustCompile(`(?m)^\| \[.*\]\(#(.+)\) \| ([^|]+) \| ([^|]+) \| ([^|]+) \| .+ \|$`)

// If net/http answers with another class of status, the page says so, and why. To compare fasthttp as well, set
// CONFORMANCE_PEERS to the address of a server with the same routes.
func TestPeers(t *testing.T) {
	fasthttp := os.Getenv("CONFORMANCE_PEERS")
	if fasthttp == "" {
		t.Skip("CONFORMANCE_PEERS is not set")
	}
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string][]string{}
	for _, row := range peerRow.FindAllStringSubmatch(string(text), -1) {
		rows[row[1]] = row[2:]
	}
	server := httptest.NewUnstartedServer(peerRoutes())
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.Start()
	defer server.Close()
	for _, c := range parsePage(t) {
		name := c.section + " — " + c.title
		row, listed := rows[anchor(name)]
		got := []string{c.answers(), c.ask(t, server.Listener.Addr().String()), "?"}
		if listed {
			got[2] = row[2]
		}
		if strings.Contains(fasthttp, ":") {
			got[2] = c.ask(t, fasthttp)
		}
		differs := classes(got[1]) != classes(got[0]) || got[2] != "?" && classes(got[2]) != classes(got[0])
		if c.steps[len(c.steps)-1].after != "(no more)" && (differs != listed || listed && !slices.Equal(got, row)) {
			t.Errorf("| [%s](#%s) | %s | | is not %v", name, anchor(name), strings.Join(got, " | "), row)
		}
	}
}

func peerRoutes() http.Handler {
	routes := http.NewServeMux()
	text := func(kind, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", kind)
			io.WriteString(w, body)
		}
	}
	echo := func(w http.ResponseWriter, r *http.Request) {
		if body, err := io.ReadAll(r.Body); err == nil {
			w.Write(body)
		} else {
			w.WriteHeader(400)
		}
	}
	routes.HandleFunc("GET /{$}", text("text/html", "<h1>"))
	routes.HandleFunc("GET /about", text("text/html", "<h1>"))
	routes.HandleFunc("GET /health", text("application/json", healthy))
	routes.HandleFunc("POST /echo", echo)
	routes.HandleFunc("POST /demo/stream", echo)
	routes.HandleFunc("GET /demo/sleep/{duration}", text("text/plain", "slept"))
	routes.HandleFunc("GET /demo/octets/{number}", text("text/plain", "octets"))
	return routes
}

// answers are the statuses that the case wants, without interim ones.
func (c *testCase) answers() string {
	var all []string
	for _, s := range c.steps {
		for _, r := range s.responses {
			all = append(all, r.status[:3])
		}
	}
	return answers(all)
}

// ask sends all of the case and reads all that comes back.
func (c *testCase) ask(t *testing.T, address string) string {
	p := dial(t, address)
	var wanted []*response
	for _, s := range c.steps {
		if wanted = append(wanted, s.responses...); s.sends {
			p.send(s.send, false, false)
		} else {
			time.Sleep(actorstest.Silence / 3)
		}
	}
	p.Conn.(*net.TCPConn).CloseWrite() // if there still is a connection
	var all []string
	for i := 0; ; i++ {
		request := &http.Request{Method: "GET"}
		if i < len(wanted) && wanted[i].bodiless {
			request.Method = "HEAD"
		}
		got, err := http.ReadResponse(p.In, request)
		if err != nil {
			return answers(all)
		}
		all = append(all, got.Status[:3])
		io.Copy(io.Discard, got.Body)
	}
}

func answers(all []string) string {
	all = slices.DeleteFunc(all, func(status string) bool { return status[0] == '1' })
	if len(all) == 0 {
		return "none"
	}
	return strings.Join(all, ", ")
}

func classes(answers string) string {
	return regexp.MustCompile(`\d\d\b`).ReplaceAllString(answers, "xx")
}

// anchor is the name that a heading has in links.
func anchor(heading string) string {
	return regexp.MustCompile(`[^\w-]`).ReplaceAllString(strings.ReplaceAll(strings.ToLower(heading), " ", "-"), "")
}
