package actors

import (
	"io"
	"os"
	"sync"
)

// A lastResort writes to standard error when the log itself panics. It never blocks: if standard error is a pipe that
// nobody reads, it drops most lines.
type lastResort struct {
	mu      sync.Mutex
	waiting []byte
	writing bool // a goroutine is writing
}

// mostLastWords is how many octets may wait.
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
