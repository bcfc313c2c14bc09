package main

import (
	"log/slog"
	"net"
	"os"
	"time"

	"github.com/troupe-go/troupe/actors"
	"github.com/troupe-go/troupe/actors/handlers"
)

// serveTroupe logs at level warn, which is silent in health, as the peers are. Its limits are
// wide enough for the idle connections; every other setting is the default.
func serveTroupe(listener net.Listener) error {
	logger := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	server := actors.NewServer(actors.Config{
		Logger:         logger,
		IdleTimeout:    2 * time.Minute,
		MaxConnections: 20_000,
	})
	server.Handle("GET /", handlers.Func(func(r *actors.Request) *actors.Response {
		return r.Text(200, greeting)
	}))
	return server.Serve(listener)
}
