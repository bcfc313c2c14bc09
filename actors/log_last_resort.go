package actors

import (
	"io"
	"os"
	"sync"
)

// A lastResort says on standard error what cannot be said in the log, because that panics. Nobody waits
// for it: standard error may be a pipe that nobody reads, and then most is not kept.
type lastResort struct {
	mu      sync.Mutex
	waiting []byte
	writing bool // a goroutine is at it
}

// mostLastWords is how many octets wait at most.
const mostLastWords = 16 << 10

func (l *lastResort) say(line string) {
	line = Printable(line) + "\n"
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.waiting)+len(line) > mostLastWords {
		return
	}
	l.waiting = append(l.waiting, line...)
	if !l.writing {
		l.writing = true
		go l.write(os.Stderr)
	}
}

func (l *lastResort) write(to io.Writer) {
	for {
		l.mu.Lock()
		lines := l.waiting
		l.waiting = nil
		l.writing = len(lines) > 0
		l.mu.Unlock()
		if len(lines) == 0 {
			return
		}
		_, _ = to.Write(lines) // there is nobody else to tell
	}
}
