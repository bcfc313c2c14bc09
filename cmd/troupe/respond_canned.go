package main

import (
	"context"
	"errors"
	"mime"
	"os"
	"path/filepath"
	"time"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/troupe-go/troupe/actors"
)

// canned is a response that is the same for every request.
type canned struct {
	status         int
	headers        headers
	body, bodyFile string
	delay          time.Duration

	content     []byte
	contentType string
}

func (c *canned) settings() settings {
	file := newFile("body-file", &c.bodyFile, "the file with the content, read once at the start")
	status := newNumber("status", &c.status, 200, "the status")
	file.kind.example, status.kind.example = `"page.html"`, "503"
	return group("Response",
		checked(status, "must be from 200 to 599",
			func() bool { return c.status >= 200 && c.status <= 599 }),
		&setting{name: "header", value: &c.headers,
			kind:  kind{word: "line", example: `["Cache-Control: no-store"]`, separator: "\n", repeats: true, quoted: true},
			about: "a field line, as 'Name: value'; may be given several times, and the variable may have several lines"},
		newText("body", &c.body, "the content, as it is: text, unless a --header has another Content-Type"),
		file,
		checked(newDuration("delay", &c.delay, 0, "how long to wait before each response"), "must be at least 0",
			func() bool { return c.delay >= 0 }))
}

// check returns an error for settings that make no sense together.
func (c *canned) check() error {
	given := name("body")
	if c.bodyFile != "" {
		given = "body-file"
	}
	switch {
	case c.body != "" && c.bodyFile != "":
		return wrong("%v with %v: there is one content", name("body"), name("body-file"))
	case (c.status == 204 || c.status == 205 || c.status == 304) && (c.body != "" || c.bodyFile != ""):
		return wrong("%v with %v %d: such a response has no content", given, name("status"), c.status)
	}
	return nil
}

// load makes the content.
func (c *canned) load() (err error) {
	c.content = []byte(c.body)
	if c.body != "" {
		c.contentType = "text/plain; charset=utf-8"
	}
	if c.bodyFile == "" {
		return nil
	}
	if c.content, err = os.ReadFile(c.bodyFile); err != nil {
		return wrong("cannot use %v: %v", name("body-file"), err)
	}
	if c.contentType = mime.TypeByExtension(filepath.Ext(c.bodyFile)); c.contentType == "" {
		c.contentType = "application/octet-stream"
	}
	return nil
}

func (c *canned) handler() *actors.Handler {
	if c.delay == 0 {
		return actors.Func(c.response)
	}
	return actors.One(func() actor.Actor { return actor.ReceiveFunc(c.receive) })
}

// receive answers later, and goes on with other requests meanwhile. If the server drains, it answers earlier.
func (c *canned) receive(ctx actor.Context) {
	r, ok := ctx.Message().(*actors.Request)
	if !ok {
		return
	}
	go func() {
		select {
		case <-time.After(c.delay):
		case <-r.Context().Done():
			if errors.Is(context.Cause(r.Context()), actors.ErrClientGone) {
				return
			}
		}
		r.Reply(c.response(r))
	}()
}

func (c *canned) response(r *actors.Request) *actors.Response {
	response := r.Bytes(c.status, c.contentType, c.content)
	for _, line := range c.headers {
		response.With(line.Name, line.Value)
	}
	return response
}
