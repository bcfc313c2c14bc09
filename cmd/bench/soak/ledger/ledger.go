// Package ledger holds what the clients of the soak record.
package ledger

import (
	"fmt"
	"sync"
)

// mostExamples is how many wrong answers are shown in full.
const mostExamples = 20

// A Ledger holds what the guests saw. They record it at the same time.
type Ledger struct {
	Answers  map[string]*Verdicts // by the kind of question
	Abuses   map[string]int       // how many there were, by kind
	Examples []string             // of wrong answers

	mu sync.Mutex
}

// Verdicts are those on the answers to one kind of questions.
type Verdicts struct {
	rights map[int]int // by status
	Wrongs int         // how many were wrong
}

// New returns an empty ledger.
func New() *Ledger {
	return &Ledger{Answers: map[string]*Verdicts{}, Abuses: map[string]int{}}
}

// of must be called with the lock held.
func (l *Ledger) of(what string) *Verdicts {
	if l.Answers[what] == nil {
		l.Answers[what] = &Verdicts{rights: map[int]int{}}
	}
	return l.Answers[what]
}

// Right records a right answer, with its status.
func (l *Ledger) Right(what string, status int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.of(what).rights[status]++
}

// Wrong records a wrong answer, and what is wrong with it.
func (l *Ledger) Wrong(what, format string, args ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.of(what).Wrongs++
	if len(l.Examples) < mostExamples {
		l.Examples = append(l.Examples, what+": "+fmt.Sprintf(format, args...))
	}
}

// Abused records an abuse.
func (l *Ledger) Abused(what string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.Abuses[what]++
}

// Total is the number of right answers with that status, or with any if it is 0.
func (v *Verdicts) Total(status int) int {
	if status != 0 {
		return v.rights[status]
	}
	sum := 0
	for _, n := range v.rights {
		sum += n
	}
	return sum
}

// Sum returns the verdicts of all kinds together.
func (l *Ledger) Sum() *Verdicts {
	all := &Verdicts{rights: map[int]int{}}
	for _, v := range l.Answers {
		for status, n := range v.rights {
			all.rights[status] += n
		}
		all.Wrongs += v.Wrongs
	}
	return all
}
