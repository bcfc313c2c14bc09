package console

import (
	"context"
	"log/slog"
	"os"
	"testing"
	"time"
)

// The cost of a line about an exchange for its writer, with the log in a file.
func BenchmarkConsole(b *testing.B) {
	for _, format := range []string{"text", "json"} {
		b.Run(format, func(b *testing.B) {
			file, err := os.Create(b.TempDir() + "/log")
			if err != nil {
				b.Fatal(err)
			}
			defer file.Close()
			c := New(file, &Options{JSON: format == "json"})
			defer c.CloseBefore(time.Now().Add(time.Minute))
			handler := slog.Handler(c)
			b.ReportAllocs()
			for b.Loop() {
				handler.Handle(context.Background(), exchangeRecord())
			}
			if n := c.writer.dropped; n > 0 {
				b.Logf("%d of %d lines were dropped", n, b.N)
			}
		})
	}
}

func exchangeRecord() slog.Record {
	record := slog.NewRecord(time.Now(), slog.LevelInfo, "exchange", 0)
	record.AddAttrs(slog.String("actor", "listener/connection$7"), slog.Uint64("exchange", 1), slog.String("method", "GET"),
		slog.String("target", "/health"), slog.Int("status", 200), slog.Int64("octets", 21), slog.Duration("took", 71*time.Microsecond),
		slog.String("peer", "127.0.0.1:52104"), slog.String("route", "GET /health"))
	return record
}
