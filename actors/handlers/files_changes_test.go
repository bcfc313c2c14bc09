package handlers_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/troupe-go/troupe/actors/handlers"
)

// What changes is seen a moment later, or at once, and never half.
func TestFilesChange(t *testing.T) {
	d := serveFolder(t, handlers.FilesOptions{}, map[string]string{"small": "old", "large": strings.Repeat("old ", 50_000)})
	for name, size := range map[string]int{"small": 1, "large": 100_000} {
		before := d.get("GET", "/"+name)
		content := strings.Repeat("new", size)
		if err := os.WriteFile(filepath.Join(d.name, name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
		if at := d.get("GET", "/"+name); string(at.Body) != string(before.Body) && string(at.Body) != content {
			t.Errorf("%s: %.20q is neither the old nor the new content", name, at.Body)
		}
		time.Sleep(150 * time.Millisecond)
		after := d.get("GET", "/"+name)
		if string(after.Body) != content || after.Fields.Get("ETag") == before.Fields.Get("ETag") {
			t.Errorf("%s: %.20q %v", name, after.Body, after.Fields)
		}
		if err := os.Remove(filepath.Join(d.name, name)); err != nil {
			t.Fatal(err)
		}
		time.Sleep(150 * time.Millisecond)
		if gone := d.get("GET", "/"+name); gone.Status != 404 {
			t.Error(name, gone.Status)
		}
	}
	if err := os.WriteFile(filepath.Join(d.name, "small.gz"), []byte("zip"), 0o644); err != nil {
		t.Fatal(err)
	}
	os.WriteFile(filepath.Join(d.name, "small"), []byte("plain"), 0o644)
	d.get("GET", "/small", "Accept-Encoding", "gzip")
	os.Remove(filepath.Join(d.name, "small.gz"))
	time.Sleep(150 * time.Millisecond)
	if r := d.get("GET", "/small", "Accept-Encoding", "gzip"); string(r.Body) != "plain" {
		t.Error(r)
	}
}

// A path without a file has the fallback, for clients that prefer a page. Others learn that there is no file.
func TestTheFallbackOfFiles(t *testing.T) {
	d := serveFolder(t, handlers.FilesOptions{Fallback: "app/page.html", CacheControl: "no-cache"}, map[string]string{
		"app/page.html": "page", "app/page.html.gz": "packed", "a.txt": "a", "sub/x": "x",
	})
	const browser = "text/html,application/xhtml+xml,*/*;q=0.8"
	for _, path := range []string{"/static/b", "/static/sub/", "/static/.git/config", "/static/a.txt/", "/none"} {
		if r := d.get("GET", path, "Accept", browser); line(r) != "200  page" || r.Fields.Get("Content-Type") != "text/html; charset=utf-8" ||
			strings.Join(r.Fields.Values("Vary"), ", ") != "Accept-Encoding, Accept" || r.Fields.Get("Cache-Control") != "no-cache" {
			t.Errorf("%s: got %s %v", path, line(r), r.Fields)
		}
	}
	if r := d.get("GET", "/static/b", "Accept", browser, "Accept-Encoding", "gzip"); line(r) != "200  packed" {
		t.Errorf("got %s %v", line(r), r.Fields)
	}
	tag := d.get("GET", "/static/b", "Accept", browser).Fields.Get("ETag")
	if r := d.get("GET", "/static/c", "Accept", browser, "If-None-Match", tag); r.Status != 304 {
		t.Errorf("got %s", line(r))
	}
	for _, accept := range []string{"", "*/*", "image/avif,*/*;q=0.8", "application/json", "text/html;q=0.5,*/*"} {
		if r := d.get("GET", "/static/b", "Accept", accept); r.Status != 404 {
			t.Errorf("%q: got %s", accept, line(r))
		}
	}
	if r := d.get("GET", "/static/a.txt", "Accept", browser); line(r) != "200  a" || len(r.Fields.Values("Vary")) != 0 {
		t.Errorf("a file is itself: got %s %v", line(r), r.Fields)
	}
	if r := d.get("POST", "/static/b", "Accept", browser); r.Status != 405 {
		t.Errorf("got %s", line(r))
	}
	if err := os.Remove(filepath.Join(d.name, "app/page.html")); err != nil {
		t.Fatal(err)
	}
	time.Sleep(150 * time.Millisecond)
	if r := d.get("GET", "/static/b", "Accept", browser); r.Status != 404 {
		t.Errorf("there is no fallback any more: got %s", line(r))
	}
}
