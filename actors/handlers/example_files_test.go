package handlers_test

import (
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strings"
	"testing/fstest"

	"github.com/troupe-go/troupe/actors"
	"github.com/troupe-go/troupe/actors/handlers"
)

func ExampleFiles() {
	files := fstest.MapFS{ // or an embed.FS
		"index.html": {Data: []byte("<p>Home</p>")},
		"tea.txt":    {Data: []byte("green or black")},
	}
	server := quiet()
	defer server.Close()
	server.Handle("GET /{path...}", handlers.Files(files, handlers.FilesOptions{CacheControl: "max-age=3600"}))

	show(server, "GET", "/", "Cache-Control")
	show(server, "GET", "/tea.txt", "Content-Range", "Range", "bytes=-5")
	// Output:
	// 200 Cache-Control="max-age=3600" <p>Home</p>
	// 206 Content-Range="bytes 9-13/14" black
}

func ExampleDirectory() {
	public, err := os.MkdirTemp("", "public")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(public)
	if err := os.WriteFile(filepath.Join(public, "tea.txt"), []byte("green"), 0o600); err != nil {
		log.Fatal(err)
	}
	directory, err := handlers.Directory(public, handlers.FilesOptions{})
	if err != nil {
		log.Fatal(err)
	}
	server := quiet()
	defer server.Close()
	server.Handle("GET /files/{path...}", directory)

	show(server, "GET", "/files/tea.txt", "")
	show(server, "GET", "/files/..%2f..%2fetc/passwd", "", "Accept", "application/json")
	// Output:
	// 200 green
	// 404 {"status":404,"title":"Page Not Found"}
}

func ExampleStatic() {
	server := quiet()
	defer server.Close()
	server.Handle("GET /robots.txt", handlers.Static("text/plain", []byte("User-agent: *")))

	show(server, "GET", "/robots.txt", "ETag")
	// Output: 200 ETag="\"d9066d29c1dfed62\"" User-agent: *
}

func ExampleReader() {
	server := quiet()
	defer server.Close()
	server.Handle("GET /slow", actors.Func(func(r *actors.Request) *actors.Response {
		reader := strings.NewReader("octets") // of another server, for example: it may block
		return r.Stream(200, nil, handlers.Reader(reader))
	}))

	show(server, "GET", "/slow", "")
	// Output: 200 octets
}

func ExampleEcho() {
	server := quiet()
	defer server.Close()
	server.Handle("POST /echo", handlers.Echo(), actors.StreamBody())

	show(server, "POST", "/echo", "")
	// Output: 200
}

func ExampleReady() {
	server := quiet()
	server.Handle("GET /ready", handlers.Ready(server), actors.Vital(), actors.Quiet())

	show(server, "GET", "/ready", "")
	fmt.Println(server.Close())
	// Output:
	// 200 {"status": "ready"}
	// <nil>
}
