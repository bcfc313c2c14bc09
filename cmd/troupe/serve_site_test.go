//go:build unix

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/troupe-go/troupe/actors/actorstest"
)

// newSite makes a directory with files: names and contents in turn.
func newSite(t *testing.T, files ...string) (directory string) {
	t.Helper()
	directory = t.TempDir()
	for i := 0; i < len(files); i += 2 {
		path := filepath.Join(directory, files[i])
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(files[i+1]), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return directory
}

// serving starts the program on a Unix socket, and returns a client of it. The program has announced that.
func servingOn(t *testing.T, args ...string) (*program, *actorstest.Client) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "s")
	p := start(t, "", nil, append(args, "--addr", "unix:"+path)...)
	p.want("Server running at unix:" + path)
	return p, actorstest.Dial(t, "unix", path)
}

// wantPage sends a GET request as a browser does for a page, and wants the beginning of the response.
func wantPage(t *testing.T, c *actorstest.Client, path, status, begin string) *actorstest.Response {
	t.Helper()
	c.Send("GET " + path + " HTTP/1.1\r\nHost: a\r\nAccept: text/html,*/*;q=0.8\r\nAccept-Encoding: gzip\r\n\r\n")
	r, err := c.Read("GET")
	if err != nil || !strings.HasPrefix(r.Status, status) || !strings.HasPrefix(r.Content, begin) {
		t.Errorf("%s: got %v, %v, want %s %q", path, r, err, status, begin)
	}
	return r
}

func TestServeADirectory(t *testing.T) {
	directory := newSite(t, "index.html", "home", "a.txt", "a", "sub/b.txt", "b", ".secret", "s", "health", "mine", "about", "about it",
		"big.txt", strings.Repeat("x", 100_000), "big.txt.gz", "not really gzip")
	p, c := servingOn(t, "serve", directory)
	p.want("  GET /health                  whether the server is well")
	p.want("  GET /ready                   whether it takes new connections")
	p.want("  /{path...}                   the files of " + directory)
	for path, want := range map[string]string{
		"/": "200 home", "/index.html": "200 home", "/a.txt": "200 a", "/sub/b.txt": "200 b", "/sub": "308 ", "/sub/": "404 ", "/.secret": "404 ", "/none": "404 ",
		"/health": `200 {"status": "healthy"}`, "/ready": `200 {"status": "ready"}`, "/about": "200 about it", "/echo": "404 ",
		"/../a.txt": "200 a", "/%2e%2e/%2e%2e/a.txt": "200 a", "/sub%2f..%2f..%2fa.txt": "404 ", "/big.txt": "200 not really gzip",
	} {
		status, begin, _ := strings.Cut(want, " ")
		wantPage(t, c, path, status, begin)
	}
	c.Send("POST /a.txt HTTP/1.1\r\nHost: a\r\nContent-Length: 100000000\r\n\r\n")
	if r := c.Want("it waits for no content", "405 Method Not Allowed"); r.Field("Allow") != "GET, HEAD" {
		t.Errorf("got %v", r)
	}
	p.end()
}

// A directory is read as it is, and nothing leads out of it.
func TestADirectoryIsReadAsItIs(t *testing.T) {
	directory, outside := newSite(t, "a.txt", "a"), newSite(t, "o.txt", "outside")
	for name, to := range map[string]string{"out": outside, "out.txt": filepath.Join(outside, "o.txt"), "in.txt": "a.txt"} {
		if err := os.Symlink(to, filepath.Join(directory, name)); err != nil {
			t.Fatal(err)
		}
	}
	p, c := servingOn(t, "serve", "--spa", "a.txt", directory)
	c.Send(get("/out/o.txt") + get("/out.txt") + get("/in.txt") + get("/new.txt"))
	c.Want("a directory outside", "404 Not Found")
	c.Want("a file outside", "404 Not Found")
	c.Want("within it", "200 OK", "a")
	c.Want("not there yet", "404 Not Found")
	if err := os.WriteFile(filepath.Join(directory, "new.txt"), []byte("new"), 0o644); err != nil {
		t.Fatal(err)
	}
	c.Send(get("/new.txt"))
	c.Want("there now", "200 OK", "new")
	p.end()
}

func TestTheFlagsOfADirectory(t *testing.T) {
	directory := newSite(t, "home.htm", "home", ".d/e", "dot", "app.css", "css", "app.css.gz", "gz", "files/x", "x")
	p, c := servingOn(t, "--root", directory, "--listing", "--dotfiles", "--index", "home.htm", "--cache-control", "max-age=60", "--no-precompressed", "--demo")
	wantPage(t, c, "/", "200", "home")
	wantPage(t, c, "/.d/e", "200", "dot")
	wantPage(t, c, "/demo/hits", "200", "1\n")
	if r := wantPage(t, c, "/app.css", "200", "css"); r.Field("Cache-Control") != "max-age=60" || r.Field("Content-Encoding") != "" {
		t.Errorf("got %v", r)
	}
	if r := wantPage(t, c, "/files/", "200", "<!DOCTYPE html>"); !strings.Contains(r.Content, "./x") {
		t.Errorf("got %v", r)
	}
	p.end()
}

func TestAPageForUnknownPaths(t *testing.T) {
	directory := newSite(t, "index.html", "home", "app/page.html", "page", "a.js", "js")
	p, c := servingOn(t, "serve", "--spa", "app/page.html", directory)
	wantPage(t, c, "/", "200", "home")
	wantPage(t, c, "/a.js", "200", "js")
	wantPage(t, c, "/health", "200", `{"status"`)
	for _, path := range []string{"/users/7", "/app/", "/.git/config", "/b.js?q"} {
		if r := wantPage(t, c, path, "200", "page"); r.Field("Content-Type") != "text/html; charset=utf-8" || r.Field("Vary") != "Accept" || r.Field("ETag") == "" {
			t.Errorf("%s: got %v", path, r)
		}
	}
	for _, accept := range []string{"", "Accept: */*\r\n", "Accept: image/png,*/*;q=0.5\r\n", "Accept: application/json\r\n"} {
		c.Send("GET /b.js HTTP/1.1\r\nHost: a\r\n" + accept + "\r\n")
		c.Want("no page is wanted: "+accept, "404 Not Found")
	}
	p.end()
}

// The directory may be said twice, and what is on the command line counts more than the rest.
func TestWhereTheDirectoryComesFrom(t *testing.T) {
	one, other := newSite(t, "a", "1"), newSite(t, "a", "2")
	file := writeFile(t, fmt.Sprintf("root = %q\nspa = \"a\"", other))
	for _, test := range []struct {
		env  map[string]string
		args string
		want string
	}{
		{nil, one, "root = '" + one + "' # DIR\n"},
		{nil, one + " --root " + one, "root = '" + one + "' # DIR\n"},
		{nil, "--root " + other + " --root " + one, "root = '" + one + "' # --root\n"},
		{map[string]string{"TROUPE_ROOT": one}, "--index a", "root = '" + one + "' # TROUPE_ROOT\nindex = 'a' # --index\n"},
		{map[string]string{"TROUPE_ROOT": other}, one, "root = '" + one + "' # DIR\n"},
		{map[string]string{"TROUPE_ROOT": other}, one + " --config " + file, "root = '" + one + "' # DIR\nspa = 'a' # " + file + ":2\n"},
		{nil, "--config " + file, "root = '" + other + "' # " + file + ":1\nspa = 'a' # " + file + ":2\n"},
	} {
		status, stdout, stderr := ran(test.env, strings.Fields("validate "+test.args)...)
		if status != exitOK || stderr != "" || stdout != test.want {
			t.Errorf("%s: exit status %d, %q, got\n%swant\n%s", test.args, status, stderr, stdout, test.want)
		}
	}
}

func TestMistakesAboutADirectory(t *testing.T) {
	directory := newSite(t, "a", "1", "d/b", "2")
	file := filepath.Join(directory, "a")
	for args, want := range map[string]string{
		"/nowhere/at/all":       "1cannot use DIR: open /nowhere/at/all: no such file or directory\n",
		"--root /nowhere":       "1cannot use --root: open /nowhere: no such file or directory\n",
		file:                    "1cannot use DIR: open " + file + ": not a directory\n",
		directory + " --root b": `2DIR "` + directory + `" with --root "b": give one of them; see troupe`,
		"--root b " + directory + " --root " + directory: `2DIR "` + directory + `" with --root "b": give one of them`,
		"--root=":                       `2--root "": no directory`,
		"--listing":                     "2--listing without a directory, as in troupe serve DIR",
		"--no-precompressed --dotfiles": "2--dotfiles without a directory",
		"--cache-control a":             "2--cache-control without a directory",
		"--index a":                     "2--index without a directory",
		"--spa a":                       "2--spa without a directory",
		directory + " --index a/b":      "2--index a/b: must be the name of a file",
		directory + " --index .. ":      "2--index ..: must be the name of a file",
		directory + " --spa ../a":       "2--spa ../a: must be a path within the directory",
		directory + " --spa /a":         "2--spa /a: must be a path within",
		directory + " --spa b":          "1cannot use --spa b in DIR: no such file or directory\n",
		directory + " --spa d":          "1cannot use --spa d in DIR: it is no file\n",
		directory + " " + directory:     `2unexpected argument "` + directory + `"`,
	} {
		status, stdout, stderr := ran(nil, append([]string{"serve", "--addr", "127.0.0.1:0"}, strings.Fields(args)...)...)
		if status != int(want[0]-'0') || stdout != "" || !strings.HasPrefix(stderr, "troupe: "+want[1:]) || strings.Count(stderr, "\n") != 1 {
			t.Errorf("%s: exit status %d, %q, %q; want %s", args, status, stdout, stderr, want)
		}
		if status, _, again := ran(nil, append([]string{"validate"}, strings.Fields(args)...)...); status != exitUsage ||
			!strings.HasPrefix(again, "troupe: "+strings.TrimSuffix(want[1:], "\n")) {
			t.Errorf("validate %s: exit status %d, %q; want %s", args, status, again, want)
		}
	}
	for _, args := range [][]string{{"serve", ""}, {"serve", directory, "--cache-control", "a\nb"}} {
		if status, _, stderr := ran(nil, args...); status != exitUsage || strings.Count(stderr, "\n") != 1 {
			t.Errorf("%q: exit status %d, %q", args, status, stderr)
		}
	}
}
