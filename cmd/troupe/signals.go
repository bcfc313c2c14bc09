package main

import (
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// signals handles the signals that end the program.
type signals struct {
	came   chan os.Signal
	log    *slog.Logger
	number int
	first  time.Time // when the first one came
}

// oneSignal is how long a further signal may be a repeat of the first: GNU timeout sends it to the process and to its
// group, systemd can send SIGHUP after SIGTERM, and a closed terminal sends SIGHUP more than once.
const oneSignal = 500 * time.Millisecond

// takeSignals makes the program receive signals from now on. If SIGHUP, the end of a terminal, was ignored, it stays
// ignored, as nohup wants.
func takeSignals() *signals {
	s := &signals{came: make(chan os.Signal, 8)}
	signal.Notify(s.came, os.Interrupt, syscall.SIGTERM)
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE) // a reader of the log that goes away must not end the program
	if !signal.Ignored(syscall.SIGHUP) {
		signal.Notify(s.came, syscall.SIGHUP)
	}
	return s
}

func (s *signals) release() { signal.Stop(s.came) }

// begin notes the first signal, which begins a drain of at most that time.
func (s *signals) begin(first os.Signal, timeout time.Duration) {
	s.number, s.first = 1, time.Now()
	s.say(first, "drain", "timeout", timeout)
}

// hurry waits for the signal that ends the program at once, and returns it: the second, unless that is a repeat of
// the first, or else the third.
func (s *signals) hurry() error {
	for {
		came := <-s.came
		s.number++
		switch {
		case s.number == 1: // after a listener has failed, the others drain
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

// say logs a signal and what it means.
func (s *signals) say(came os.Signal, means string, more ...any) {
	s.log.Info("signal", append([]any{"actor", "server", "signal", came.String(), "means", means}, more...)...)
}
