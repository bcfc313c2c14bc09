package main

import (
	"net/http/httptest"
	"testing"

	"github.com/troupe-go/troupe/docs/examples/internal/scenario"
)

func TestShortener(t *testing.T) {
	server := httptest.NewServer(newServer())
	defer server.Close()
	scenario.Shortener(scenario.New(t, server.URL))
}
