package main

import (
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// signals are those that tell the program to end.
type signals struct {
	came   chan os.Signal
	log    *slog.Logger
	number int
	first  time.Time // when the first one came
}

// oneSignal is how long further signals may be the same one: GNU timeout sends it to the process and to its
// group, systemd can send SIGHUP after SIGTERM, and a terminal that is closed sends SIGHUP more than once.
const oneSignal = 500 * time.Millisecond

// takeSignals has signals come to the program from now on. SIGHUP, which the end of a terminal is, stays
// ignored if it was, as nohup asks for.
func takeSignals() *signals {
	s := &signals{came: make(chan os.Signal, 8)}
	signal.Notify(s.came, os.Interrupt, syscall.SIGTERM)
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE) // a reader of the log that goes away ends nothing
	if !signal.Ignored(syscall.SIGHUP) {
		signal.Notify(s.came, syscall.SIGHUP)
	}
	return s
}

func (s *signals) release() { signal.Stop(s.came) }

// begin takes the first signal, which begins a drain of at most so long.
func (s *signals) begin(first os.Signal, timeout time.Duration) {
	s.number, s.first = 1, time.Now()
	s.say(first, "drain", "timeout", timeout)
}

// hurry waits until a signal means that the program is to end at once, and says which: the second, unless it
// is the first one again, or else the third.
func (s *signals) hurry() error {
	for {
		came := <-s.came
		s.number++
		switch {
		case s.number == 1: // a listener has failed, and the others drain
			s.first = time.Now()
			s.say(came, "drain")
		case s.number == 2 && time.Since(s.first) < oneSignal:
			s.say(came, "the first one again")
		case s.number == 2:
			return fmt.Errorf("a second signal: %v", came)
		default:
			return fmt.Errorf("a third signal: %v", came)
		}
	}
}

// say logs what was understood.
func (s *signals) say(came os.Signal, means string, more ...any) {
	s.log.Info("signal", append([]any{"actor", "server", "signal", came.String(), "means", means}, more...)...)
}
