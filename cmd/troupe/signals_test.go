package main

import (
	"log/slog"
	"os"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

func TestWhichSignalEndsAtOnce(t *testing.T) {
	const ms = time.Millisecond
	for _, test := range []struct {
		why   string
		at    []time.Duration // after the first signal
		want  string
		again int // so many are logged as the first one again
	}{
		{"an impatient person", []time.Duration{500 * ms}, "a second signal: terminated", 0},
		{"a third always ends", []time.Duration{0, 0}, "a third signal: terminated", 1},
		{"that is the third, whenever it comes", []time.Duration{499 * ms, 500 * ms}, "a third signal: terminated", 1},
		{"GNU timeout sends two", []time.Duration{0}, "", 1},
	} {
		synctest.Test(t, func(t *testing.T) {
			var log strings.Builder
			s := &signals{came: make(chan os.Signal, 8), log: slog.New(slog.NewTextHandler(&log, nil))}
			s.begin(syscall.SIGTERM, time.Second)
			begun, ended := time.Now(), make(chan error, 1)
			go func() { ended <- s.hurry() }()
			for _, at := range test.at {
				time.Sleep(at - time.Since(begun))
				s.came <- syscall.SIGTERM
				synctest.Wait()
			}
			got := ""
			select {
			case err := <-ended:
				got = err.Error()
			default:
				s.came <- syscall.SIGTERM
				s.came <- syscall.SIGTERM // the third, at the latest
				<-ended
			}
			if got != test.want {
				t.Errorf("%s: it ends at once by %q, want %q", test.why, got, test.want)
			}
			if n := strings.Count(log.String(), `means="the first one again"`); n != test.again {
				t.Errorf("%s: %d were the first one again, want %d; it logs\n%s", test.why, n, test.again, log.String())
			}
			if !strings.Contains(log.String(), "signal=terminated means=drain timeout=1s\n") {
				t.Errorf("%s: it logs\n%s", test.why, log.String())
			}
		})
	}
}

// When a listener fails, the others drain without a signal. The first signal after that changes nothing.
func TestASignalWhileTheServerDrainsAnyway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log strings.Builder
		s := &signals{came: make(chan os.Signal, 8), log: slog.New(slog.NewTextHandler(&log, nil))}
		ended := make(chan error, 1)
		go func() { ended <- s.hurry() }()
		s.came <- os.Interrupt
		time.Sleep(oneSignal)
		synctest.Wait()
		if !strings.Contains(log.String(), "signal=interrupt means=drain\n") || len(ended) > 0 {
			t.Errorf("it goes on; it logs\n%s", log.String())
		}
		s.came <- os.Interrupt
		if err := <-ended; err.Error() != "a second signal: interrupt" {
			t.Errorf("the second one ends it: %v", err)
		}
	})
}
