package wire

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite the transcripts with what the Decoder makes of them")

// A transcript is one case of testdata/messages: comment lines that begin with "# ", octets, a line
// "----", and what the Decoder makes of them. A line "====" stands between two cases.
//
// In the octets \r, \n, \t, \\ and \xHH are escapes, \{n*c} is n times the octet c, an end of line
// is LF, and a \ before it takes it away. "# limits: Body=5" in the comment sets limits.
type transcript struct {
	comment []string
	octets  string // escaped
	want    []string
}

const behind = "GET /behind HTTP/1.1\r\nHost: b\r\n\r\n"

func TestTranscripts(t *testing.T) {
	for _, file := range transcriptFiles(t) {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			cases := readTranscripts(t, file)
			for i := range cases {
				playTranscript(t, &cases[i])
			}
			if *update {
				writeTranscripts(t, file, cases)
			}
		})
	}
}

// playTranscript plays a case in three ways: whole, octet by octet, with another message after it.
func playTranscript(t *testing.T, c *transcript) {
	octets, limits := unescape(t, c.octets), c.limits(t)
	got := decodeAll(t, limits, octets, 0)
	if *update {
		c.want = got
	}
	if !slices.Equal(got, c.want) {
		t.Errorf("%s\n%s\ngot:\n%s\nwant:\n%s\n(-update rewrites; then read the difference)",
			strings.Join(c.comment, "\n"), c.octets, strings.Join(got, "\n"), strings.Join(c.want, "\n"))
	}
	if byOctet := decodeAll(t, limits, octets, 1); !slices.Equal(byOctet, got) {
		t.Errorf("%s\n%s\nwhole:\n%s\noctet by octet:\n%s", strings.Join(c.comment, "\n"), c.octets,
			strings.Join(got, "\n"), strings.Join(byOctet, "\n"))
	}
	want := slices.Clone(got)
	switch last := got[len(got)-1]; {
	case last == "more":
		return // what stood behind would belong to this message
	case last == "nothing":
		want = decodeAll(t, limits, []byte(behind), 0)
	case !strings.HasPrefix(last, "error "):
		want = append(want, decodeAll(t, limits, []byte(behind), 0)...)
	}
	if followed := decodeAll(t, limits, append(octets, behind...), 0); !slices.Equal(followed, want) {
		t.Errorf("%s\n%s\nwith a second message behind:\n%s\nwant:\n%s", strings.Join(c.comment, "\n"),
			c.octets, strings.Join(followed, "\n"), strings.Join(want, "\n"))
	}
}

func TestTranscriptsBreakEveryRule(t *testing.T) {
	var all strings.Builder
	for _, file := range transcriptFiles(t) {
		for _, c := range readTranscripts(t, file) {
			all.WriteString(strings.Join(c.want, "\n") + "\n")
		}
	}
	for _, rule := range Rules() {
		if !strings.Contains(all.String(), "error "+(&ProtocolError{Rule: rule}).Error()) {
			t.Errorf("no transcript breaks %q (%s)", rule.Reason, rule.Section)
		}
	}
}

func transcriptFiles(t testing.TB) []string {
	files, err := filepath.Glob("testdata/messages/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no transcripts: %v", err)
	}
	return files
}

func readTranscripts(t testing.TB, file string) (cases []transcript) {
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for part := range strings.SplitSeq(string(text), "====\n") {
		var c transcript
		for strings.HasPrefix(part, "# ") {
			var line string
			line, part, _ = strings.Cut(part, "\n")
			c.comment = append(c.comment, line)
		}
		octets, want, found := strings.Cut(part, "----\n")
		if !found || len(c.comment) == 0 {
			t.Fatalf("%s: a case without a comment or without ----:\n%s", file, part)
		}
		c.octets = octets
		if want != "" {
			c.want = strings.Split(strings.TrimSuffix(want, "\n"), "\n")
		}
		cases = append(cases, c)
	}
	return cases
}

func writeTranscripts(t *testing.T, file string, cases []transcript) {
	parts := make([]string, len(cases))
	for i, c := range cases {
		parts[i] = strings.Join(c.comment, "\n") + "\n" + c.octets + "----\n" + strings.Join(c.want, "\n") + "\n"
	}
	if err := os.WriteFile(file, []byte(strings.Join(parts, "====\n")), 0o666); err != nil {
		t.Fatal(err)
	}
}

// limits are those of the "# limits:" line.
func (c *transcript) limits(t testing.TB) (l Limits) {
	for _, line := range c.comment {
		settings, found := strings.CutPrefix(line, "# limits: ")
		if !found {
			continue
		}
		for setting := range strings.FieldsSeq(settings) {
			name, value, _ := strings.Cut(setting, "=")
			n, err := strconv.Atoi(value)
			if err != nil {
				t.Fatalf("%s: %v", line, err)
			}
			switch name {
			case "RequestLine":
				l.RequestLine = n
			case "FieldSection":
				l.FieldSection = n
			case "FieldLines":
				l.FieldLines = n
			case "Body":
				l.Body = int64(n)
			default:
				t.Fatalf("%s: there is no limit %s", line, name)
			}
		}
	}
	return l
}

// unescape gives the octets that are written in a transcript.
func unescape(t testing.TB, s string) (octets []byte) {
	for s != "" {
		var c byte
		var n, used int
		switch {
		case s[0] != '\\':
			octets, s = append(octets, s[0]), s[1:]
			continue
		case strings.HasPrefix(s, `\r`):
			c, n, used = '\r', 1, 2
		case strings.HasPrefix(s, `\n`):
			c, n, used = '\n', 1, 2
		case strings.HasPrefix(s, `\t`):
			c, n, used = '\t', 1, 2
		case strings.HasPrefix(s, `\\`):
			c, n, used = '\\', 1, 2
		case strings.HasPrefix(s, "\\\n"):
			used = 2
		case strings.HasPrefix(s, `\x`) && len(s) >= 4:
			if _, err := fmt.Sscanf(s[2:4], "%02x", &c); err != nil {
				t.Fatalf("%.10q: %v", s, err)
			}
			n, used = 1, 4
		case strings.HasPrefix(s, `\{`):
			if _, err := fmt.Sscanf(s, `\{%d*%c}`, &n, &c); err != nil {
				t.Fatalf("%.10q: %v", s, err)
			}
			used = strings.IndexByte(s, '}') + 1
		default:
			t.Fatalf("%.10q: no such escape", s)
		}
		octets, s = append(octets, bytes.Repeat([]byte{c}, n)...), s[used:]
	}
	return octets
}
