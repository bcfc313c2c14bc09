// Package clients has tests of what real clients make of files, uploads and events: curl, Node, Chromium and Go.
package clients

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/troupe-go/troupe/actors"
	"github.com/troupe-go/troupe/actors/handlers"
)

// A site has files, takes uploads, and tells of events.
type site struct {
	url     string
	folder  string
	content []byte // of /files/large.bin
	server  *actors.Server
}

func newSite(t *testing.T) *site {
	t.Helper()
	s := &site{folder: t.TempDir(), content: make([]byte, 300_000)}
	for i := range s.content {
		s.content[i] = byte(i * i >> 3)
	}
	text := strings.Repeat("A line of text that is often the same.\n", 1000)
	for name, content := range map[string][]byte{"large.bin": s.content, "text.txt": []byte(text), "page.html": []byte(page)} {
		if err := os.WriteFile(filepath.Join(s.folder, name), content, 0o644); err != nil {
			t.Fatal(err)
		}
		past := time.Now().Add(-time.Hour)
		os.Chtimes(filepath.Join(s.folder, name), past, past)
	}
	files, err := handlers.Directory(s.folder, handlers.FilesOptions{})
	if err != nil {
		t.Fatal(err)
	}
	s.server = actors.NewServer(actors.Config{Logger: slog.New(slog.DiscardHandler)})
	s.server.Handle("GET /files/{path...}", files, handlers.Compress(handlers.CompressOptions{}))
	s.server.Handle("POST /upload", actors.Func(upload), actors.StreamBody())
	clock := actors.One(func() actor.Actor { return &ticker{} })
	s.server.Handle("GET /events", clock)
	s.server.Handle("POST /events", clock)
	s.server.Handle("DELETE /events", clock)
	on, err := actors.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.server.Start(on); err != nil {
		t.Fatal(err)
	}
	s.url = "http://" + on.Addr().String()
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		s.server.Shutdown(ctx)
	})
	return s
}

// upload answers with the name, the size and the hash of each part.
func upload(r *actors.Request) *actors.Response {
	parts, err := r.Parts()
	if err != nil {
		return r.Fail(err)
	}
	var text strings.Builder
	for {
		part, err := parts.NextPart()
		if err == io.EOF {
			return r.Text(200, text.String())
		}
		if err != nil {
			return r.Fail(err)
		}
		hash := sha256.New()
		n, err := io.Copy(hash, part)
		if err != nil {
			return r.Fail(err)
		}
		fmt.Fprintf(&text, "%s %s %d %s\n", part.FormName(), part.FileName(), n, hex.EncodeToString(hash.Sum(nil))[:8])
	}
}

// A ticker tells of what is posted. DELETE makes it end all streams, and answer 204 from then on.
type ticker struct {
	live *actors.Topic
	over bool
}

func (c *ticker) Receive(ctx actor.Context) {
	switch message := ctx.Message().(type) {
	case *actor.Started:
		c.live = actors.TopicOf(ctx, actors.TopicOptions{Retry: 100 * time.Millisecond})
	case *actors.Request:
		switch message.Method() {
		case "GET":
			if c.over {
				ctx.Respond(message.Status(204))
				return
			}
			ctx.Respond(message.Events(c.live, actors.Event{Type: "hello", Data: "first"}))
			return
		case "POST":
			c.live.Publish(actors.Event{Data: string(message.Body)})
			if message.Query().Has("end") {
				for _, s := range c.live.Subscribers() {
					s.End()
				}
			}
		case "DELETE":
			c.over = true
			for _, s := range c.live.Subscribers() {
				s.End()
			}
		}
		ctx.Respond(message.Text(200, fmt.Sprint(len(c.live.Subscribers()))))
	}
}

// hashOf is what upload says of content.
func hashOf(content []byte) string {
	hash := sha256.Sum256(content)
	return hex.EncodeToString(hash[:])[:8]
}

// needs skips a test, loudly, where a program is missing. The gate installs them.
func needs(t *testing.T, program string) string {
	t.Helper()
	path, err := exec.LookPath(program)
	if err != nil {
		if os.Getenv("TROUPE_GATE") != "" {
			t.Fatalf("%s is not installed", program)
		}
		t.Skipf("SKIPPED: %s is not installed", program)
	}
	return path
}
