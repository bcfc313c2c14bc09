package main

import (
	"fmt"
	"sync"
)

// mostExamples is how many wrong answers are told in full.
const mostExamples = 20

// A ledger has what the guests saw. They write it down at the same time.
type ledger struct {
	mu       sync.Mutex
	answers  map[string]*verdicts
	abuses   map[string]int
	examples []string
}

// verdicts are those on the answers to one kind of questions.
type verdicts struct {
	rights map[int]int // by status
	wrongs int
}

func newLedger() *ledger {
	return &ledger{answers: map[string]*verdicts{}, abuses: map[string]int{}}
}

// of is to be called with the lock.
func (l *ledger) of(what string) *verdicts {
	if l.answers[what] == nil {
		l.answers[what] = &verdicts{rights: map[int]int{}}
	}
	return l.answers[what]
}

func (l *ledger) right(what string, status int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.of(what).rights[status]++
}

func (l *ledger) wrong(what, format string, args ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.of(what).wrongs++
	if len(l.examples) < mostExamples {
		l.examples = append(l.examples, what+": "+fmt.Sprintf(format, args...))
	}
}

func (l *ledger) abused(what string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.abuses[what]++
}

// total sums up: answers that were right with that status, or with any if it is 0.
func (v *verdicts) total(status int) int {
	if status != 0 {
		return v.rights[status]
	}
	sum := 0
	for _, n := range v.rights {
		sum += n
	}
	return sum
}

// sum is of all kinds.
func (l *ledger) sum() *verdicts {
	all := &verdicts{rights: map[int]int{}}
	for _, v := range l.answers {
		for status, n := range v.rights {
			all.rights[status] += n
		}
		all.wrongs += v.wrongs
	}
	return all
}
