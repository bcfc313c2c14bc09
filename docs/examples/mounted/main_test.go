package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"github.com/troupe-go/troupe/actors"
	"github.com/troupe-go/troupe/docs/examples/internal/scenario"
)

func TestMounted(t *testing.T) {
	files := t.TempDir()
	if err := os.WriteFile(filepath.Join(files, "a.txt"), []byte("a file"), 0o644); err != nil {
		t.Fatal(err)
	}
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		content, _ := io.ReadAll(r.Body)
		fmt.Fprintf(w, "%s %s %s", r.Method, r.RequestURI, content)
	}))
	defer other.Close()
	server, err := newServer(files, other.URL)
	if err != nil {
		t.Fatal(err)
	}
	on, err := actors.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := server.Start(on); err != nil {
		t.Fatal(err)
	}
	scenario.Mounted(scenario.New(t, "http://"+on.Addr().String()))
	if err := server.Shutdown(context.Background()); err != nil {
		t.Error(err)
	}
}
