package main

import (
	"bufio"
	"bytes"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"
)

func TestQuestionsAreRequestsWithTheirOwnContent(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	seen := map[string]bool{}
	for range 500 {
		q := ask(r)
		seen[q.what] = true
		request, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(q.request)))
		if err != nil || request.Method != q.method {
			t.Fatalf("%s: %q is no %s request: %v", q.what, q.request, q.method, err)
		}
		content, err := io.ReadAll(request.Body)
		if err != nil || q.method == "POST" && string(content) != q.body {
			t.Fatalf("%s: the content is %q (%v), want %q", q.what, content, err, q.body)
		}
	}
	if len(seen) != 12 {
		t.Errorf("500 questions were of %d kinds, want 12: %v", len(seen), seen)
	}
}

func TestJudge(t *testing.T) {
	whole := func(status, fields, body string) string {
		return "HTTP/1.1 " + status + "\r\n" + fields + "Content-Length: " + grouped(len(body)) + "\r\n\r\n" + body
	}
	good := question{method: "GET", statuses: onlyServed, body: "mine"}
	faulty := question{method: "GET", statuses: mayCrash, body: "mine"}
	counting := question{method: "GET", statuses: onlyServed, body: "mine", counts: true}
	for _, c := range []struct {
		name     string
		q        question
		response string
		want     string // in the error, or none
	}{
		{"its own", good, whole("200 OK", "", "mine"), ""},
		{"that of another", good, whole("200 OK", "", "hers"), "not its own"},
		{"another status", good, whole("500 No", "", ""), "the status is 500"},
		{"an end", good, whole("200 OK", "Connection: close\r\n", "mine"), "does not persist"},
		{"cut short", good, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nmine", "cut short"},
		{"a crash", faulty, whole("500 No", "", "sorry"), ""},
		{"a pause", faulty, whole("503 No", "Retry-After: 1\r\n", ""), ""},
		{"a pause without an end", faulty, whole("503 No", "", ""), "without Retry-After"},
		{"a greater number", counting, whole("200 OK", "", "8 mine"), ""},
		{"the same number", counting, whole("200 OK", "", "7 mine"), "not one above 7"},
		{"no number", counting, whole("200 OK", "", "mine"), "not one above 7"},
	} {
		response, err := http.ReadResponse(bufio.NewReader(strings.NewReader(c.response)), nil)
		if err != nil {
			t.Fatal(err)
		}
		number := 7
		err = c.q.judge(response, &number)
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %q", c.name, err, c.want)
		}
	}
}

// someSoak has one answer that is wrong if wrong, and leaves that much behind.
func someSoak(wrong bool, after vitals) soaked {
	book := newLedger()
	book.right("state", 200)
	book.right("state", 200)
	book.right("panics", 500)
	if wrong {
		book.wrong("state", "it was %s", "odd")
	}
	book.abused("floods")
	after.injected = map[string]int{"stops": 5}
	return soaked{book: book, health: probes{took: []float64{1}}, after: after,
		before: vitals{kib: 40_000, goroutines: 20, descriptors: 12, injected: map[string]int{"stops": 2}}}
}

func TestSoakTables(t *testing.T) {
	tables := strings.Join(strings.Fields(someSoak(true, vitals{50_000, 21, 12, nil}).tables()), " ")
	for _, want := range []string{
		"| panics | 1 | 0 | 1 | 0 | 0 | 0 |",
		"| state | 2 | 2 | 0 | 0 | 0 | 1 |",
		"| all | 3 | 2 | 1 | 0 | 0 | 1 |",
		"| handlers: stops | 3 |",
		"| clients: floods | 1 |",
		"| resident KiB | 40 000 | 50 000 | 66 384 |",
		"| goroutines | 20 | 21 | 30 |",
		"was asked 1 times: p50 1.00 ms",
	} {
		if !strings.Contains(tables, want) {
			t.Errorf("the tables lack %q: %s", want, tables)
		}
	}
}

func TestSoakVerdict(t *testing.T) {
	for _, c := range []struct {
		name  string
		wrong bool
		after vitals
		want  string
	}{
		{"all well", false, vitals{66_384, 30, 16, nil}, ""},
		{"a wrong answer", true, vitals{}, "1 answers were wrong"},
		{"memory", false, vitals{kib: 66_385}, "66385 resident KiB are left"},
		{"goroutines", false, vitals{goroutines: 31}, "31 goroutines are left, and 30 allowed"},
		{"descriptors", false, vitals{descriptors: 17}, "17 open descriptors are left"},
	} {
		err := someSoak(c.wrong, c.after).verdict()
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %q", c.name, err, c.want)
		}
	}
}

func TestALedgerKeepsFewExamples(t *testing.T) {
	book := newLedger()
	for range mostExamples + 5 {
		book.wrong("state", "odd")
	}
	if len(book.examples) != mostExamples || book.sum().wrongs != mostExamples+5 {
		t.Errorf("%d examples of %d", len(book.examples), book.sum().wrongs)
	}
}

func TestRepeated(t *testing.T) {
	if got := repeated("abc", 7); got != "abcabca" {
		t.Errorf("got %q", got)
	}
}
