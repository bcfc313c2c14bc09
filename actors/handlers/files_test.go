package handlers_test

import (
	"context"
	"fmt"
	"log/slog"
	"mime"
	"mime/multipart"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/troupe-go/troupe/actors"
	"github.com/troupe-go/troupe/actors/handlers"
)

// A folder is a directory that is served.
type folder struct {
	t      *testing.T
	name   string
	server *actors.Server
}

// changed is when all files of a folder were changed.
var changed = time.Date(2020, 2, 2, 20, 20, 20, 123456789, time.UTC)

func serveFolder(t *testing.T, options handlers.FilesOptions, files map[string]string) *folder {
	t.Helper()
	d := &folder{t: t, name: t.TempDir(), server: actors.NewServer(actors.Config{Logger: slog.New(slog.DiscardHandler)})}
	for name, content := range files {
		path := filepath.Join(d.name, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, changed, changed); err != nil {
			t.Fatal(err)
		}
	}
	handler, err := handlers.Directory(d.name, options)
	if err != nil {
		t.Fatal(err)
	}
	d.server.Handle("/static/{path...}", handler)
	d.server.Handle("/", handler)
	t.Cleanup(func() { d.server.Shutdown(context.Background()) })
	return d
}

// get sends a request, and returns the response; fields are names and values in turn.
func (d *folder) get(method, target string, fields ...string) *actors.Response {
	d.t.Helper()
	request := actors.NewRequest(method, target, nil)
	for i := 0; i < len(fields); i += 2 {
		request.With(fields[i], fields[i+1])
	}
	response, err := d.server.Do(context.Background(), request)
	if err != nil {
		d.t.Fatal(target, err)
	}
	return response
}

// line is a response in one line.
func line(r *actors.Response) string {
	return strings.TrimRight(fmt.Sprintf("%d %s %s", r.Status, r.Fields.Get("Location"), r.Body), " \n")
}

func TestFilesHaveTheirFields(t *testing.T) {
	d := serveFolder(t, handlers.FilesOptions{CacheControl: "max-age=60", Types: map[string]string{".own": "x/y"}}, map[string]string{
		"a.txt": "hello\n", "b.HTML": "<p>", "c.js": "1", "d": "<script>", "e.own": "", "empty.css": "", "large.bin": strings.Repeat("x", 200<<10),
	})
	for name, contentType := range map[string]string{
		"a.txt": "text/plain; charset=utf-8", "b.HTML": "text/html; charset=utf-8", "c.js": "text/javascript; charset=utf-8",
		"d": "application/octet-stream", "e.own": "x/y", "empty.css": "text/css; charset=utf-8", "large.bin": "application/octet-stream",
	} {
		content, _ := os.ReadFile(filepath.Join(d.name, name))
		for _, path := range []string{"/static/", "/"} {
			r := d.get("GET", path+name)
			if r.Status != 200 || string(r.Body) != string(content) || r.Fields.Get("Content-Type") != contentType {
				t.Errorf("%s: %d %v, %d octets", name, r.Status, r.Fields, len(r.Body))
			}
			for field, value := range map[string]string{
				"Last-Modified": "Sun, 02 Feb 2020 20:20:20 GMT", "Accept-Ranges": "bytes", "Cache-Control": "max-age=60",
				"X-Content-Type-Options": "nosniff", "Vary": "", "Content-Encoding": "",
			} {
				if got := r.Fields.Get(field); got != value {
					t.Errorf("%s: %s %q, want %q", name, field, got, value)
				}
			}
		}
	}
	if a, b := d.get("GET", "/a.txt").Fields.Get("ETag"), d.get("GET", "/c.js").Fields.Get("ETag"); a == b || !strings.HasPrefix(a, `"`) {
		t.Error(a, b)
	}
	if r := d.get("POST", "/a.txt"); r.Status != 405 || r.Fields.Get("Allow") != "GET, HEAD" {
		t.Error(r)
	}
	for _, name := range []string{"/a.txt", "/large.bin"} {
		if r := d.get("HEAD", name); r.Status != 200 || len(r.Body) > 0 {
			t.Error(r)
		}
	}
}

// Nothing outside of the directory, nothing hidden and nothing that is no file is ever served.
func TestFilesAreNeverOutside(t *testing.T) {
	d := serveFolder(t, handlers.FilesOptions{Listing: true}, map[string]string{
		"a.txt": "inside", "sub/b.txt": "inside", ".env": "SECRET", ".git/config": "SECRET", "sub/.hidden/c.txt": "SECRET",
		".well-known/acme": "inside", "..double": "SECRET", `back\slash`: "odd", "NUL": "inside", "index.html/x": "",
	})
	if err := os.WriteFile(filepath.Join(filepath.Dir(d.name), "outside.txt"), []byte("SECRET"), 0o644); err != nil {
		t.Fatal(err)
	}
	for link, to := range map[string]string{
		"up": "..", "link.txt": "../outside.txt", "absolute": "/etc/passwd", "loop": "loop", "in.txt": "a.txt", "in": "sub", "nowhere": "none",
	} {
		if err := os.Symlink(to, filepath.Join(d.name, link)); err != nil {
			t.Fatal(err)
		}
	}
	makePipe(t, filepath.Join(d.name, "fifo"))
	const missing = "404"
	for path, want := range map[string]string{
		"a.txt": "200", "sub/b.txt": "200", "in.txt": "200", "in/b.txt": "200", ".well-known/acme": "200", "NUL": "200", "sub%2fb.txt": "200", "%61.txt": "200",
		"": "200", "sub/": "200", "sub": "308", "in": "308",
		"none": missing, "a.txt/": missing, "a.txt/x": missing, "sub/none/": missing,
		".env": missing, ".git/config": missing, ".git/": missing, "sub/.hidden/c.txt": missing, "..double": missing, "%2eenv": missing, "sub%2f.hidden%2fc.txt": missing,
		"..%2foutside.txt": missing, "%2e%2e%2foutside.txt": missing, "sub/..%2f..%2foutside.txt": missing, "..%5coutside.txt": missing,
		"..%2f..%2f..%2f..%2fetc%2fpasswd": missing, "%2fetc%2fpasswd": missing, "sub%2f%2fb.txt": missing, "sub%2f.%2fb.txt": missing, "sub%2f..%2fa.txt": missing,
		"up/outside.txt": missing, "up": missing, "up/": missing, "link.txt": missing, "absolute": missing, "loop": missing, "nowhere": missing,
		"fifo": missing, "back%5cslash": missing, "a.txt%5c": missing, "C:%5cwindows": missing, "sub%5cb.txt": missing,
		strings.Repeat("x", 300): missing, "a.txt%0a": missing, "%c3%28": missing,
	} {
		for _, prefix := range []string{"/static/", "/"} {
			r := d.get("GET", prefix+path)
			if got := fmt.Sprint(r.Status); got != want {
				t.Errorf("%s%s: %s, want %s", prefix, path, got, want)
			}
			if text := string(r.Body); strings.Contains(text, "SECRET") || strings.Contains(text, "root:") || strings.Contains(text, d.name) {
				t.Errorf("%s: %q", path, text)
			}
		}
	}
	for path, want := range map[string]string{"/static/sub?a=b": "308 sub/?a=b", "/static": "308 /static/", "/in": "308 in/"} {
		if got := line(d.get("GET", path)); got != want {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
	// Several processes in one test would need a socket to send a NUL.
}

func TestIndexesAndLists(t *testing.T) {
	files := map[string]string{"index.html": "<p>root", "sub/a<b>.txt": "1234", "sub/dir/x": "", "sub/.hidden": "", "sub/#?%": "odd", "other/start.htm": "start"}
	d := serveFolder(t, handlers.FilesOptions{}, files)
	for path, want := range map[string]string{"/": "200  <p>root", "/index.html": "200  <p>root"} {
		if got := line(d.get("GET", path)); got != want {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
	if r := d.get("GET", "/sub/"); r.Status != 404 {
		t.Error("a list that nobody has allowed:", r)
	}
	d = serveFolder(t, handlers.FilesOptions{Index: "start.htm"}, files)
	if got := line(d.get("GET", "/other/")); got != "200  start" {
		t.Error(got)
	}
	d = serveFolder(t, handlers.FilesOptions{Listing: true}, files)
	r := d.get("GET", "/sub/")
	page := string(r.Body)
	for _, want := range []string{
		"<title>/sub/</title>", `<a href="../">../</a>`, `<a href="./dir/">dir/</a>`, `<a href="./a%3Cb%3E.txt">a&lt;b&gt;.txt</a><td>4 B<td>2020-02-02 20:20`, `<a href="./%23%3F%25">#?%</a>`,
	} {
		if !strings.Contains(page, want) {
			t.Errorf("no %q in %s", want, page)
		}
	}
	if strings.Contains(page, "hidden") || strings.Index(page, "dir/") > strings.Index(page, "a&lt;b") {
		t.Error(page)
	}
	if got := line(d.get("GET", "/sub/%23%3F%25")); got != "200  odd" {
		t.Error(got)
	}
	if page := string(d.get("GET", "/static/").Body); page != "<p>root" {
		t.Error(page)
	}
}

func TestConditionsAndRangesOfFiles(t *testing.T) {
	d := serveFolder(t, handlers.FilesOptions{}, map[string]string{"a.txt": "0123456789", "empty": "", "large": strings.Repeat("0123456789", 20_000)})
	tag := d.get("GET", "/a.txt").Fields.Get("ETag")
	const date = "Sun, 02 Feb 2020 20:20:20 GMT"
	for _, test := range []struct {
		fields []string
		want   string
	}{
		{[]string{"If-None-Match", tag}, "304"},
		{[]string{"If-None-Match", `"x", W/` + tag}, "304"},
		{[]string{"If-None-Match", `"x"`}, "200  0123456789"},
		{[]string{"If-Modified-Since", date}, "304"},
		{[]string{"If-Modified-Since", "Sun, 02 Feb 2020 20:20:19 GMT"}, "200  0123456789"},
		{[]string{"If-Match", `"x"`}, "412"},
		{[]string{"If-Unmodified-Since", "Sun, 02 Feb 2020 20:20:19 GMT"}, "412"},
		{[]string{"Range", "bytes=2-4"}, "206  234"},
		{[]string{"Range", "bytes=-3"}, "206  789"},
		{[]string{"Range", "bytes=8-"}, "206  89"},
		{[]string{"Range", "bytes=8-100"}, "206  89"},
		{[]string{"Range", "bytes=10-"}, "416"},
		{[]string{"Range", "bytes=4-2"}, "200  0123456789"},
		{[]string{"Range", "lines=1-2"}, "200  0123456789"},
		{[]string{"Range", "bytes=0-9"}, "206  0123456789"},
		{[]string{"Range", "bytes=1-2", "If-Range", tag}, "206  12"},
		{[]string{"Range", "bytes=1-2", "If-Range", date}, "206  12"},
		{[]string{"Range", "bytes=1-2", "If-Range", `"x"`}, "200  0123456789"},
		{[]string{"Range", "bytes=1-2", "If-None-Match", tag}, "304"},
		{[]string{"Range", "bytes=" + strings.Repeat("0-0,", 100)}, "200  0123456789"},
	} {
		r := d.get("GET", "/a.txt", test.fields...)
		if got := line(r); !strings.HasPrefix(got, test.want) {
			t.Errorf("%q: %s, want %s", test.fields, got, test.want)
		}
		if r.Status == 304 && (len(r.Body) > 0 || r.Fields.Get("ETag") != tag) {
			t.Errorf("%q: %v", test.fields, r)
		}
	}
	for fields, want := range map[string]string{"bytes=2-4": "bytes 2-4/10", "bytes=20-": "bytes */10"} {
		if got := d.get("GET", "/a.txt", "Range", fields).Fields.Get("Content-Range"); got != want {
			t.Errorf("%s: %s, want %s", fields, got, want)
		}
	}
	if r := d.get("HEAD", "/a.txt", "Range", "bytes=1-2"); r.Status != 200 {
		t.Error(r)
	}
	if r := d.get("GET", "/large", "Range", "bytes=199999-"); string(r.Body) != "9" {
		t.Error(r)
	}
	if r := d.get("GET", "/empty", "Range", "bytes=0-"); r.Status != 200 {
		t.Error(r)
	}
	several(t, d, "/a.txt", "bytes=0-1,-2", "bytes 0-1/10 01", "bytes 8-9/10 89")
	several(t, d, "/large", "bytes=199998-,5-7", "bytes 199998-199999/200000 89", "bytes 5-7/200000 567")
}

// several wants a response in several parts.
func several(t *testing.T, d *folder, path, wanted string, want ...string) {
	t.Helper()
	r := d.get("GET", path, "Range", wanted)
	mediaType, parameters, err := mime.ParseMediaType(r.Fields.Get("Content-Type"))
	if r.Status != 206 || mediaType != "multipart/byteranges" || err != nil || r.Fields.Has("Content-Range") {
		t.Fatal(r, err)
	}
	parts := multipart.NewReader(strings.NewReader(string(r.Body)), parameters["boundary"])
	for _, want := range want {
		part, err := parts.NextPart()
		if err != nil {
			t.Fatal(err)
		}
		content := new(strings.Builder)
		if _, err := fmt.Fprint(content, part.Header.Get("Content-Range"), " "); err != nil {
			t.Fatal(err)
		}
		var octets [100]byte
		n, _ := part.Read(octets[:])
		if content.Write(octets[:n]); content.String() != want {
			t.Errorf("%q, want %q", content, want)
		}
	}
	if _, err := parts.NextPart(); err == nil {
		t.Error("too many parts")
	}
}

func TestPrecompressedSiblings(t *testing.T) {
	d := serveFolder(t, handlers.FilesOptions{}, map[string]string{
		"a.js": "plain", "a.js.gz": "gzipped", "a.js.br": "brotli", "b.js": "plain", "b.js.zst": "zstd", "c.js": "alone", "d.js.gz": "no original", "e.js": "plain", "e.js.gz/dir": "",
	})
	for _, test := range []struct{ path, accept, want, coding, vary string }{
		{"/a.js", "", "plain", "", "Accept-Encoding"},
		{"/a.js", "gzip", "gzipped", "gzip", "Accept-Encoding"},
		{"/a.js", "gzip, br", "brotli", "br", "Accept-Encoding"},
		{"/a.js", "gzip, br;q=0.5", "gzipped", "gzip", "Accept-Encoding"},
		{"/a.js", "zstd", "plain", "", "Accept-Encoding"},
		{"/a.js", "gzip;q=0", "plain", "", "Accept-Encoding"},
		{"/b.js", "zstd, gzip, br", "zstd", "zstd", "Accept-Encoding"},
		{"/c.js", "zstd, gzip, br", "alone", "", ""},
		{"/e.js", "gzip", "plain", "", ""},
		{"/a.js.gz", "gzip", "gzipped", "", ""},
	} {
		fields := []string{"Accept-Encoding", test.accept}
		if test.accept == "" {
			fields = nil
		}
		r := d.get("GET", test.path, fields...)
		if string(r.Body) != test.want || r.Fields.Get("Content-Encoding") != test.coding || r.Fields.Get("Vary") != test.vary {
			t.Errorf("%+v: %q %v", test, r.Body, r.Fields)
		}
		if contentType := r.Fields.Get("Content-Type"); test.path != "/a.js.gz" && contentType != "text/javascript; charset=utf-8" {
			t.Errorf("%+v: %s", test, contentType)
		}
		if again := d.get("GET", test.path, append(fields, "If-None-Match", r.Fields.Get("ETag"))...); again.Status != 304 {
			t.Errorf("%+v: %v", test, again)
		}
		if other := d.get("GET", test.path, "Accept-Encoding", "identity", "If-None-Match", r.Fields.Get("ETag")); test.coding != "" && other.Status != 200 {
			t.Errorf("%+v: two forms have the same entity tag", test)
		}
	}
	if r := d.get("GET", "/d.js", "Accept-Encoding", "gzip"); r.Status != 404 {
		t.Error(r)
	}
	if r := d.get("GET", "/a.js", "Accept-Encoding", "gzip", "Range", "bytes=0-3"); string(r.Body) != "gzip" || r.Fields.Get("Content-Encoding") != "gzip" {
		t.Error(r)
	}
}

// Files of an embed.FS have no time, and other file systems cannot seek.
func TestFilesOfOtherFileSystems(t *testing.T) {
	server := actors.NewServer(actors.Config{Logger: slog.New(slog.DiscardHandler)})
	defer server.Shutdown(context.Background())
	server.Handle("GET /{path...}", handlers.Files(fstest.MapFS{
		"a.txt": {Data: []byte("hello")}, "b.txt": {Data: []byte("world")}, "large": {Data: make([]byte, 100<<10)},
	}, handlers.FilesOptions{}))
	d := &folder{t: t, server: server}
	r := d.get("GET", "/a.txt")
	if string(r.Body) != "hello" || r.Fields.Has("Last-Modified") || r.Fields.Get("ETag") == d.get("GET", "/b.txt").Fields.Get("ETag") {
		t.Error(r)
	}
	if again := d.get("GET", "/a.txt", "If-None-Match", r.Fields.Get("ETag")); again.Status != 304 {
		t.Error(again)
	}
	if part := d.get("GET", "/a.txt", "Range", "bytes=1-3"); string(part.Body) != "ell" {
		t.Error(part)
	}
	if large := d.get("GET", "/large"); len(large.Body) != 100<<10 {
		t.Error(len(large.Body))
	}
}

func TestMistakesWithFiles(t *testing.T) {
	if _, err := handlers.Directory(filepath.Join(t.TempDir(), "none"), handlers.FilesOptions{}); err == nil {
		t.Error("no error")
	}
	defer func() {
		if reason := fmt.Sprint(recover()); !strings.Contains(reason, "the file system is nil: use Directory") {
			t.Error(reason)
		}
	}()
	handlers.Files(nil, handlers.FilesOptions{})
}
