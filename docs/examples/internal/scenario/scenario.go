// Package scenario drives the examples, whatever they are made with: those of Troupe and those of net/http have to do the
// same.
package scenario

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

// A Visitor asks a server.
type Visitor struct {
	T      *testing.T
	URL    string
	Client *http.Client
}

// New makes a visitor that follows no redirects.
func New(t *testing.T, url string) *Visitor {
	client := &http.Client{Transport: &http.Transport{}, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	t.Cleanup(client.CloseIdleConnections)
	return &Visitor{t, url, client}
}

// Do sends a request, and returns the response with its content.
func (v *Visitor) Do(method, path, content string) (*http.Response, string) {
	v.T.Helper()
	request, err := http.NewRequest(method, v.URL+path, strings.NewReader(content))
	if err != nil {
		v.T.Fatal(err)
	}
	if content != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	response, err := v.Client.Do(request)
	if err != nil {
		v.T.Fatal(err)
	}
	defer response.Body.Close()
	got, err := io.ReadAll(response.Body)
	if err != nil {
		v.T.Fatal(err)
	}
	return response, strings.TrimSpace(string(got))
}

// Want sends a request, and checks the status and a part of the content.
func (v *Visitor) Want(method, path, content string, status int, part string) string {
	v.T.Helper()
	response, got := v.Do(method, path, content)
	if response.StatusCode != status || !strings.Contains(got, part) {
		v.T.Errorf("%s %s: %s %s, want %d %s", method, path, response.Status, got, status, part)
	}
	return got
}

// Shortener makes links, follows them many times at once, and counts that.
func Shortener(v *Visitor) {
	var made struct{ Code string }
	if err := json.Unmarshal([]byte(v.Want("POST", "/links", `{"url":"https://example.com/a?b"}`, 201, `"hits":0`)), &made); err != nil {
		v.T.Fatal(err)
	}
	var all sync.WaitGroup
	for range 100 {
		all.Go(func() {
			if response, _ := v.Do("GET", "/"+made.Code, ""); response.StatusCode != 302 || response.Header.Get("Location") != "https://example.com/a?b" {
				v.T.Error(response.Status, response.Header)
			}
		})
	}
	all.Wait()
	v.Want("GET", "/links/"+made.Code, "", 200, `"hits":100`)
	v.Want("GET", "/none", "", 404, "no such link")
	v.Want("GET", "/links/none", "", 404, "no such link")
	v.Want("POST", "/links", `{"url":"nowhere"}`, 400, "no host")
	v.Want("POST", "/links", `{"address":"x"}`, 400, "address")
	v.Want("POST", "/links", `{"url":7}`, 400, "url")
	v.Want("PUT", "/links", ``, 405, "")
}

// Rooms talks in two rooms, while others listen.
func Rooms(v *Visitor) {
	red, blue := v.Listen("/rooms/red/live"), v.Listen("/rooms/blue/live")
	for n := range 3 {
		said := fmt.Sprintf(`{"by":"ann","text":"message %d"}`, n)
		v.Want("POST", "/rooms/red/messages", said, 201, said)
		if got := red(); got != said {
			v.T.Errorf("heard %q, want %q", got, said)
		}
	}
	v.Want("POST", "/rooms/blue/messages", `{"by":"bob","text":"hi"}`, 201, "")
	if got := blue(); got != `{"by":"bob","text":"hi"}` {
		v.T.Errorf("heard %q", got)
	}
	v.Want("GET", "/rooms/red/messages", "", 200, `[{"by":"ann","text":"message 0"},{"by":"ann","text":"message 1"},{"by":"ann","text":"message 2"}]`)
	late := v.Listen("/rooms/red/live")
	for n := range 3 {
		if got := late(); got != fmt.Sprintf(`{"by":"ann","text":"message %d"}`, n) {
			v.T.Errorf("heard %q of the past", got)
		}
	}
	for n := range 120 {
		v.Want("POST", "/rooms/red/messages", fmt.Sprintf(`{"by":"eve","text":"%d"}`, n), 201, "")
	}
	var history []struct{ Text string }
	if err := json.Unmarshal([]byte(v.Want("GET", "/rooms/red/messages", "", 200, "")), &history); err != nil || len(history) != 100 || history[99].Text != "119" {
		v.T.Error(len(history), err)
	}
	v.Want("POST", "/rooms/red/messages", `{`, 400, "")
	v.Want("GET", "/rooms/red", "", 200, "EventSource")
}

// Listen listens to events. The function that it returns waits for the data of the next one.
func (v *Visitor) Listen(path string) (next func() string) {
	v.T.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	v.T.Cleanup(cancel)
	request, _ := http.NewRequestWithContext(ctx, "GET", v.URL+path, nil)
	response, err := v.Client.Do(request)
	if err != nil || response.Header.Get("Content-Type") != "text/event-stream" {
		v.T.Fatal(response, err)
	}
	v.T.Cleanup(func() { response.Body.Close() })
	lines := bufio.NewScanner(response.Body)
	return func() string {
		for lines.Scan() {
			if data, is := strings.CutPrefix(lines.Text(), "data: "); is {
				return data
			}
		}
		v.T.Errorf("%s: the events end: %v", path, lines.Err())
		return ""
	}
}

// Mounted asks for a page of chi, metrics, a file, and what another server has.
func Mounted(v *Visitor) {
	v.Want("GET", "/chi/ann", "", 200, "hello ann")
	v.Want("GET", "/chi/none/none", "", 404, "")
	v.Want("GET", "/metrics", "", 200, "go_goroutines")
	v.Want("GET", "/files/a.txt", "", 200, "a file")
	v.Want("GET", "/files/none", "", 404, "")
	v.Want("GET", "/files/..%2fsecret", "", 404, "")
	v.Want("POST", "/elsewhere?q=1", "content", 200, "POST /elsewhere?q=1 content")
}
