package main

import (
	"context"
	"testing"

	"github.com/troupe-go/troupe/actors"
	"github.com/troupe-go/troupe/docs/examples/internal/scenario"
)

func TestShortener(t *testing.T) {
	server := newServer()
	on, err := actors.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := server.Start(on); err != nil {
		t.Fatal(err)
	}
	scenario.Shortener(scenario.New(t, "http://"+on.Addr().String()))
	if err := server.Shutdown(context.Background()); err != nil {
		t.Error(err)
	}
}
