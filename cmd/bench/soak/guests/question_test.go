package guests

import (
	"bufio"
	"bytes"
	"io"
	"math/rand/v2"
	"net/http"
	"strconv"
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
		return "HTTP/1.1 " + status + "\r\n" + fields + "Content-Length: " + strconv.Itoa(len(body)) + "\r\n\r\n" + body
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
