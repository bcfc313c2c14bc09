package main

import (
	"net/http/httptest"
	"testing"

	"github.com/troupe-go/troupe/docs/examples/internal/scenario"
)

func TestRooms(t *testing.T) {
	server := httptest.NewServer(newServer())
	defer server.Close()
	defer server.CloseClientConnections()
	scenario.Rooms(scenario.New(t, server.URL))
}
