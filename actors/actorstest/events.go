package actorstest

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/troupe-go/troupe/actors"
)

// Events is a stream of server-sent events, as a client gets it. Only one goroutine may use it.
type Events struct {
	t      testing.TB
	target string
	conn   net.Conn
	inbox  *inbox[actors.Event]
}

// Events listens to the events of a path, until the end of the test. The fields are names and values in turn; a client
// that comes back sends Last-Event-ID.
func (s *Site) Events(target string, fields ...string) *Events {
	s.t.Helper()
	conn, err := s.connect()
	if err != nil {
		s.t.Fatalf("cannot connect: %v", err)
	}
	s.t.Cleanup(func() { conn.Close() })
	conn.SetReadDeadline(time.Now().Add(patience))
	request := "GET " + target + " HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n"
	for i := 0; i+1 < len(fields); i += 2 {
		request += fields[i] + ": " + fields[i+1] + "\r\n"
	}
	if _, err := io.WriteString(conn, request+"\r\n"); err != nil {
		s.t.Fatalf("GET %s: %v", target, err)
	}
	response, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		s.t.Fatalf("GET %s: %v", target, err)
	}
	if contentType := response.Header.Get("Content-Type"); response.StatusCode != 200 || contentType != "text/event-stream" {
		s.t.Fatalf("GET %s: status %d, %s: that is no stream of events", target, response.StatusCode, contentType)
	}
	conn.SetReadDeadline(time.Time{})
	e := &Events{t: s.t, target: target, conn: conn, inbox: newInbox[actors.Event]()}
	go e.read(bufio.NewReader(response.Body))
	return e
}

// errLate is the error if something does not come in time.
var errLate = fmt.Errorf("none came within %v", patience)

// Next returns the next event. The test fails if none comes within 10 seconds, or if the stream ends.
func (e *Events) Next() actors.Event {
	e.t.Helper()
	event, err := e.next()
	if err != nil {
		e.t.Fatalf("%s: no event: %v", e.target, err)
	}
	return event
}

// WantEnd fails the test if another event comes, or if the stream does not end within 10 seconds.
func (e *Events) WantEnd() {
	e.t.Helper()
	if event, err := e.next(); err != io.EOF {
		e.t.Fatalf("%s: the stream does not end: %+v, %v", e.target, event, err)
	}
}

func (e *Events) next() (actors.Event, error) {
	late := time.NewTimer(patience)
	defer late.Stop()
	return e.inbox.take(late.C)
}

// Close ends the connection, as a client does that leaves.
func (e *Events) Close() { e.conn.Close() }

// read takes all events as they come, so that the server does not wait for the test.
func (e *Events) read(from *bufio.Reader) {
	for {
		event, err := readEvent(from)
		if err != nil {
			e.inbox.close(err)
			return
		}
		e.inbox.put(event)
	}
}

// readEvent reads an event (WHATWG HTML §9.2.6). It skips comments, and what has no data.
func readEvent(from *bufio.Reader) (event actors.Event, err error) {
	for hasData := false; ; {
		line, err := from.ReadString('\n')
		if err != nil {
			return event, err
		}
		name, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ":")
		value = strings.TrimPrefix(value, " ")
		switch name {
		case "id":
			event.ID = value
		case "event":
			event.Type = value
		case "data":
			if hasData {
				event.Data += "\n"
			}
			event.Data += value
			hasData = true
		case "":
			if line == "\n" && hasData {
				return event, nil
			}
			if line == "\n" {
				event = actors.Event{}
			}
		}
	}
}
