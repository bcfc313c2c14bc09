package actors

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// A sceneClient makes one request after the other, on connections that it makes when it needs one, and knows what to
// expect.
type sceneClient struct {
	dial  func() (net.Conn, error)
	name  string
	limit time.Duration // for one response, beyond the time that it takes anyway
	may   bool          // connections may close without a response
	hung  string        // the only route that may fail, because its handler does not return; "" if any may

	conn   net.Conn
	reader *bufio.Reader
	number int

	mu     sync.Mutex
	wrong  []string
	counts map[int]int // of responses, by status
	closed int         // connections that ended without a response
}

// A call is a request with what may come of it.
type visit struct {
	method, path string
	content      string        // sent in two parts, the second a little later
	takes        time.Duration // of a good answer
	good         string        // the statuses of one; "close" for a broken stream, "" for neither
	version      string        // of HTTP, unless it is 1.1
	expect       bool          // it waits for a 100 before it sends its content (RFC 9110 §10.1.1)
}

// visits are those of the scene, by name.
var visits = map[string]visit{
	"quick":    {path: "/quick", good: "200"},
	"old":      {path: "/quick", good: "200", version: "1.0"},
	"echo":     {method: "POST", path: "/echo", content: "content", takes: partTime, good: "200"},
	"invited":  {method: "POST", path: "/echo", content: "content", takes: partTime, good: "200", expect: true},
	"pull":     {method: "POST", path: "/pull", content: "content", takes: partTime, good: "200"},
	"drawn":    {method: "POST", path: "/pull", content: "content", takes: partTime, good: "200", expect: true},
	"duplex":   {method: "POST", path: "/duplex", content: "content", takes: partTime, good: "200"},
	"upload":   {method: "POST", path: "/echo", content: strings.Repeat("content ", 9<<10), takes: partTime, good: "200"},
	"twice":    {path: "/twice", good: "200"},
	"aside":    {path: "/aside", good: "200"},
	"none":     {method: "POST", path: "/none", content: "content", good: "404"},
	"declined": {method: "POST", path: "/none", content: "content", good: "404", expect: true},
	"stream":   {path: "/stream", good: "200"},
	"oldflow":  {path: "/stream", good: "200", version: "1.0"}, // ends with the connection: over TCP only, where a reset is seen
	"large":    {path: "/large", good: "200"},
	"oldlarge": {path: "/large", good: "200", version: "1.0"},
	"broken":   {path: "/broken", good: "close"},
	"nonsense": {path: "/nonsense", good: "close"},
	"slow":     {path: "/slow", takes: 4 * slowTime, good: "200"}, // others wait as well
	"full":     {path: "/full", takes: 4 * slowTime, good: "200 503"},
	"vital":    {path: "/vital", takes: 4 * slowTime, good: "200"},
	"kept":     {path: "/kept", takes: keptTime, good: "200"},
	"stash":    {path: "/stash", takes: slowTime, good: "200"},
	"member":   {path: "/member", good: "200"},
	"asked":    {path: "/asked", good: "200"},
	"parcel":   {path: "/parcel", good: "200"},
	"future":   {path: "/future", takes: keptTime, good: "200"}, // of which it waits for an answer
	"func":     {path: "/func", good: "200"},
	"pool":     {path: "/pool", good: "200"},
	"once":     {path: "/once", good: "200"},
	"key":      {path: "/key/red", good: "200"},
	"leave":    {path: "/leave/red", takes: slowTime, good: "200 503"},
	"seat":     {path: "/seat/red", good: "200 503"},
	"other":    {path: "/seat/blue", good: "200 503"},
	"poison":   {path: "/func/poison", good: "500"},
	"text":     {path: "/text", good: "500"},
	"crash":    {path: "/crash", good: "500 503"},
	"quit":     {path: "/quit", good: "503"},
	"never":    {path: "/never", takes: neverTime, good: "504"},
}

// goodFor is a call with other statuses that are right.
func (c visit) goodFor(statuses string) visit { c.good = statuses; return c }

// streams reports whether the response may break off.
func (c visit) streams() bool {
	return len(c.content) > turnSize || slices.Contains([]string{"/stream", "/large", "/broken", "/nonsense", "/duplex"}, c.path)
}

// do makes a call, and notes faults of its answer.
func (c *sceneClient) do(what visit) {
	c.number++
	token := fmt.Sprintf("%s.%d", c.name, c.number)
	if strings.HasSuffix(what.path, "/poison") {
		what.path, token = strings.TrimSuffix(what.path, "/poison"), "poison."+token
	}
	if c.conn == nil {
		conn, err := c.dial()
		if err != nil {
			c.complain("%s: %v", what.path, err)
			return
		}
		c.conn, c.reader = conn, bufio.NewReader(conn)
	}
	begun := time.Now()
	c.conn.SetDeadline(begun.Add(c.most(what) + c.limit))
	conn, invited, sent := c.conn, make(chan bool, 1), make(chan struct{})
	go func() {
		defer close(sent)
		send(conn, what, token, invited)
	}()
	status, content, persists, err := c.read(what, invited)
	c.judge(what, token, status, content, time.Since(begun), err)
	if err != nil || !persists {
		c.hangUp()
	}
	<-sent
}

// partTime is between the parts of a content.
const partTime = time.Millisecond

func send(conn net.Conn, what visit, token string, invited <-chan bool) {
	method, version := "GET", "1.1"
	if what.method != "" {
		method = what.method
	}
	if what.version != "" {
		version = what.version
	}
	head := fmt.Sprintf("%s %s/%s HTTP/%s\r\nHost: a\r\n", method, what.path, token, version)
	if what.expect {
		head += "Expect: 100-continue\r\n"
	}
	if what.content == "" {
		io.WriteString(conn, head+"\r\n")
		return
	}
	head += fmt.Sprintf("Content-Length: %d\r\n\r\n", len(what.content))
	half := len(what.content) / 2
	if what.expect {
		io.WriteString(conn, head)
		if !<-invited {
			return
		}
		io.WriteString(conn, what.content[:half])
	} else {
		io.WriteString(conn, head+what.content[:half])
	}
	time.Sleep(partTime)
	io.WriteString(conn, what.content[half:])
}

// read reads one response, and those before it that are interim.
func (c *sceneClient) read(what visit, invited chan<- bool) (status int, content string, persists bool, err error) {
	defer close(invited)
	for {
		response, err := http.ReadResponse(c.reader, &http.Request{Method: what.method})
		if err != nil {
			return 0, "", false, err
		}
		if response.StatusCode != 100 {
			octets, err := io.ReadAll(response.Body)
			return response.StatusCode, string(octets), !response.Close, err
		}
		select {
		case invited <- true:
		default: // it was invited before, or was only asked whether it is there
		}
	}
}

// most is how long an answer may take. One of a handler that does not return comes when its time is up.
func (c *sceneClient) most(what visit) time.Duration {
	if c.hung != "" && c.isHung(what.path) {
		return what.takes + hangTime + c.limit
	}
	return what.takes + c.limit
}

// judge says what is wrong with an answer: it belongs to another request, is neither right nor an honest failure, or
// is late.
func (c *sceneClient) judge(what visit, token string, status int, content string, took time.Duration, err error) {
	c.mu.Lock()
	c.counts[status]++
	c.mu.Unlock()
	good := strings.Fields(what.good)
	cutOff := err != nil && status == 200 && !errors.Is(err, os.ErrDeadlineExceeded)
	switch {
	case cutOff && what.streams() && (c.hung == "" || what.good == "close"):
	case err != nil && status == 0 && !errors.Is(err, os.ErrDeadlineExceeded) && c.may:
		c.mu.Lock()
		c.closed++
		c.mu.Unlock()
	case err != nil:
		c.complain("%s: no answer: %v (status %d, %.100q)", what.path, err, status, content)
	case !slices.Contains(good, strconv.Itoa(status)):
		if !c.mayFail(what.path, status) {
			c.complain("%s: %d %.100q, want its own answer, or that of an honest failure", what.path, status, content)
		}
	case status == 200 && !strings.HasPrefix(content, "token "+token):
		c.complain("%s: %d %.100q, want its own answer", what.path, status, content)
	}
	if most := c.most(what); took > most {
		c.complain("%s: status %d took %v, want at most %v", what.path, status, took, most)
	}
}

// mayFail reports whether a route may answer so because of a fault.
func (c *sceneClient) mayFail(path string, status int) bool {
	if c.hung != "" {
		return c.isHung(path) && (status == 503 || status == 504)
	}
	return status == 500 || status == 503
}

func (c *sceneClient) complain(format string, arguments ...any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.wrong = append(c.wrong, c.name+" "+fmt.Sprintf(format, arguments...))
}

func (c *sceneClient) hangUp() {
	if c.conn != nil {
		c.conn.Close()
		c.conn = nil
	}
}

// isHung reports whether a path is for the handler that does not return.
func (c *sceneClient) isHung(path string) bool {
	return (path + "/")[:min(len(c.hung)+1, len(path)+1)] == c.hung+"/"
}
