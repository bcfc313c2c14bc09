package compat_test

import (
	"bytes"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"
)

const fourMiB = 4 << 20

func fileServers(directory string) http.Handler {
	content := bytes.Repeat([]byte("0123456789abcdef"), fourMiB/16)
	then := time.Unix(1e9, 0)
	mux := http.NewServeMux()
	mux.Handle("/", http.FileServerFS(fstest.MapFS{
		"large.bin": {Data: content, ModTime: then}, "a/index.html": {Data: []byte("<p>hello"), ModTime: then}, "b/c.txt": {Data: []byte("c"), ModTime: then},
	}))
	mux.Handle("/os/", http.StripPrefix("/os", http.FileServer(http.Dir(directory))))
	mux.HandleFunc("/tagged", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Etag", `"v1"`)
		http.ServeContent(w, r, "a.txt", then, strings.NewReader("tagged content"))
	})
	return mux
}

func TestFileServers(t *testing.T) {
	directory := t.TempDir()
	file := filepath.Join(directory, "large.bin")
	content := strings.Repeat("0123456789abcdef", fourMiB/16)
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(file, time.Unix(1e9, 0), time.Unix(1e9, 0)); err != nil {
		t.Fatal(err)
	}
	servers := func() http.Handler { return fileServers(directory) }
	each(t, servers, func(t *testing.T, s *site) {
		for _, path := range []string{"/large.bin", "/os/large.bin"} {
			response, got := s.do(t, "GET", path, "")
			want(t, "Content-Length", response.ContentLength, fourMiB)
			want(t, "the content is right", got == content, true)
			response, got = s.do(t, "GET", path, "", "Range", "bytes=10-19")
			wantStatus(t, response, 206)
			want(t, "a range", got, "abcdef0123")
			response, _ = s.do(t, "HEAD", path, "")
			want(t, "Content-Length of HEAD", response.ContentLength, fourMiB)
		}
	})
	exchanges := []exchange{get("/"), get("/a"), get("/a/"), head("/a/"), get("/a/index.html"), get("/b/"), get("/none"), get("/os/none"), post("/a/", "x"),
		get("/tagged", "If-None-Match", `"v1"`), get("/tagged", "If-Range", `"v0"`, "Range", "bytes=1-2"), get("/tagged", "If-Match", `"v2"`)}
	for _, path := range []string{"/large.bin", "/os/large.bin"} {
		exchanges = append(exchanges, get(path), head(path), get(path, "Range", "bytes=0-1,4-5"), get(path, "Range", "bytes=-70000"), head(path, "Range", "bytes=1-2"),
			get(path, "Range", "bytes=9999999-"), get(path, "Range", "bytes=1-100000,200000-300000"),
			get(path, "If-Modified-Since", time.Unix(1e9, 0).UTC().Format(http.TimeFormat)))
	}
	alike(t, servers, nil, exchanges...)
}
