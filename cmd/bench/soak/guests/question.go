package guests

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/troupe-go/troupe/cmd/bench/internal/site"
	"github.com/troupe-go/troupe/cmd/bench/load"
)

// A question is a request whose right answers are known.
type question struct {
	what     string
	request  []byte
	method   string
	statuses []int
	body     string // of a 200
	counts   bool   // the body begins with a number that grows
}

// The statuses that a route may answer: a good route only 200.
var (
	onlyServed = []int{200}
	mayCrash   = []int{200, 500, 503}
	mayStop    = []int{200, 503}
)

// ask makes a question. Its token is unique.
func ask(r *rand.Rand) question {
	token := strconv.FormatUint(r.Uint64(), 36)
	copy := r.IntN(site.SoakCopies)
	get := func(what, path string, statuses []int, body string) question {
		return question{what: what, request: load.Get(path), method: "GET", statuses: statuses, body: body}
	}
	faulty := func(what, path string, statuses []int) question {
		return get(what, fmt.Sprintf("/%s/%d/%s", path, copy, token), statuses, token)
	}
	switch r.IntN(16) {
	case 0, 1, 2:
		q := get("state", "/count/"+token, onlyServed, token)
		q.counts = true
		return q
	case 3:
		return get("static", "/static", onlyServed, site.SoakStatic)
	case 4:
		q := get("static, HEAD", "/static", onlyServed, "")
		q.method, q.request = "HEAD", bytes.Replace(q.request, []byte("GET"), []byte("HEAD"), 1)
		return q
	case 5, 6:
		return post(r, "echo, collected", "/echo", token)
	case 7, 8:
		return post(r, "echo, streamed", "/stream", token)
	case 9:
		octets := r.IntN(64 << 10)
		return get("stream", fmt.Sprintf("/octets/%s/%d", token, octets), onlyServed, site.Repeated(token, octets))
	case 10:
		return get("late answer", "/late/"+token, onlyServed, token)
	case 11:
		return get("second answer", "/twice/"+token, onlyServed, token)
	case 12:
		return faulty("panics", "panic", mayCrash)
	case 13:
		return faulty("panics in Started", "start", mayCrash)
	case 14:
		return faulty("stops", "stop", mayStop)
	default:
		return faulty("crashes with requests kept", "keep", mayCrash)
	}
}

// post makes an echo of content, mostly small, whose length is announced or not.
func post(r *rand.Rand, what, path, token string) question {
	content := site.Repeated(token, 1+r.IntN(1<<r.IntN(17)))
	var b bytes.Buffer
	fmt.Fprintf(&b, "POST %s HTTP/1.1\r\nHost: localhost\r\n", path)
	if r.IntN(2) == 0 {
		fmt.Fprintf(&b, "Content-Length: %d\r\n\r\n%s", len(content), content)
	} else {
		middle := r.IntN(len(content)) // at least one octet is left for the second chunk
		b.WriteString("Transfer-Encoding: chunked\r\n\r\n")
		for _, chunk := range []string{content[:middle], content[middle:]} {
			if chunk != "" {
				fmt.Fprintf(&b, "%x\r\n%s\r\n", len(chunk), chunk)
			}
		}
		b.WriteString("0\r\n\r\n")
	}
	return question{what: what, request: b.Bytes(), method: "POST", statuses: onlyServed, body: content}
}

// judge reads the response and returns what is wrong with it. number is the number in the last counting answer over
// the same connection.
func (q question) judge(response *http.Response, number *int) error {
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return fmt.Errorf("the content is cut short: %w", err)
	}
	switch status := response.StatusCode; {
	case !slices.Contains(q.statuses, status):
		return fmt.Errorf("the status is %d, not one of %v", status, q.statuses)
	case response.Close:
		return fmt.Errorf("the connection does not persist after a %d", status)
	case status == http.StatusServiceUnavailable && response.Header.Get("Retry-After") == "":
		return fmt.Errorf("a 503 without Retry-After")
	case status != http.StatusOK:
		return nil
	}
	got := string(body)
	if q.counts {
		digits, rest, _ := strings.Cut(got, " ")
		n, err := strconv.Atoi(digits)
		if err != nil || n <= *number {
			return fmt.Errorf("the number is %q, not one above %d", digits, *number)
		}
		*number, got = n, rest
	}
	if got != q.body {
		return fmt.Errorf("the content is not its own: %d octets %.40q, not %d octets %.40q", len(got), got, len(q.body), q.body)
	}
	return nil
}
