package console

import (
	"io"
	"sync"
	"time"
)

// How much a Writer holds; the memory for it is at most twice as large. The last quarter is for grave lines only.
const (
	queueOctets = 1 << 20
	queueLines  = 8192
)

// Lines that nobody reads at once are held back for a moment, so that many leave in one write.
const (
	heldFor    = 50 * time.Millisecond // at most
	heldChunks = 4                     // full ones at most
)

// A Writer lies between those who print and a file, terminal or pipe that may block for a while or for ever, or be
// gone. Printing never waits for it: one goroutine writes, whole lines at a time. Lines without room are dropped and
// counted.
type Writer struct {
	to     io.Writer
	report func(dropped uint64, since time.Time) []byte // makes the line that reports dropped lines; nil for none
	hold   time.Duration                                // how long a line that is not grave may be held back; 0 for not at all
	wake   chan struct{}
	done   chan struct{} // closed when the goroutine has ended

	mu     sync.Mutex
	idle   bool // the goroutine waits for wake
	closed bool
	held
	losses

	failing bool // the last write failed; this and torn belong to the goroutine
	torn    bool // the last write ended within a line
}

// held are the lines that are not written yet.
type held struct {
	waiting []chunk // not taken by the goroutine yet
	due     int     // number of waiting chunks that are no longer held back
	timer   *time.Timer
	timed   bool // the timer will end the holding
	spare   []chunk
	octets  int // of all held lines, with those being written
	number  int // number of those lines
}

// losses are the dropped lines that were not reported yet.
type losses struct {
	dropped uint64
	since   time.Time // when the first was dropped
}

// A chunk holds some lines, and where each ends. tells is how many dropped lines it reports.
type chunk struct {
	octets []byte
	ends   []int
	tells  uint64
}

const (
	chunkSize   = 16 << 10
	chunksSpare = 4
)

// NewWriter makes a Writer for lines that are no log. Close it at the end. It does not report dropped lines.
func NewWriter(to io.Writer) *Writer { return newWriter(to, 0, nil) }

// newWriter makes a writer that holds lines back for that long. The report is nil, or makes a line about dropped
// lines.
func newWriter(to io.Writer, hold time.Duration, report func(dropped uint64, since time.Time) []byte) *Writer {
	q := &Writer{to: to, hold: hold, report: report, wake: make(chan struct{}, 1), done: make(chan struct{})}
	go q.run()
	return q
}

// Write prints a line, or several that belong together. It never fails.
func (q *Writer) Write(line []byte) (int, error) {
	q.add(line, false)
	return len(line), nil
}

// add prints a line. Only grave lines use the last quarter of the room.
func (q *Writer) add(line []byte, grave bool) {
	most, mostLines := queueOctets, queueLines
	if !grave {
		most, mostLines = most/4*3, mostLines/4*3
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	switch {
	case q.closed:
		return
	case q.number >= mostLines || q.octets+len(line) > most:
		q.drop(1)
		return
	}
	q.number++
	q.octets += len(line)
	last := q.chunkFor(len(line))
	last.octets = append(last.octets, line...)
	last.ends = append(last.ends, len(last.octets))
	switch {
	case grave || q.hold == 0 || len(q.waiting) > heldChunks:
		q.letGo()
	case !q.timed:
		q.holdOn()
	}
}

// holdOn starts the timer after which waiting lines are no longer held back.
func (q *Writer) holdOn() {
	q.timed = true
	if q.timer == nil {
		q.timer = time.AfterFunc(q.hold, q.heldEnough)
		return
	}
	q.timer.Reset(q.hold)
}

func (q *Writer) heldEnough() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.timed = false
	q.letGo()
}

// letGo stops holding back the lines that wait now.
func (q *Writer) letGo() {
	q.due = len(q.waiting)
	q.awaken()
}

// chunkFor returns a chunk with that much room.
func (q *Writer) chunkFor(octets int) *chunk {
	n := len(q.waiting)
	if n == 0 || cap(q.waiting[n-1].octets)-len(q.waiting[n-1].octets) < octets {
		if spares := len(q.spare); spares > 0 && octets <= chunkSize {
			q.waiting, q.spare = append(q.waiting, q.spare[spares-1]), q.spare[:spares-1]
		} else {
			q.waiting = append(q.waiting, chunk{octets: make([]byte, 0, max(octets, chunkSize))})
		}
	}
	return &q.waiting[len(q.waiting)-1]
}

func (q *Writer) drop(n uint64) {
	if q.dropped == 0 && n > 0 {
		q.since = time.Now()
	}
	q.dropped += n
}

func (q *Writer) awaken() {
	if q.idle {
		q.idle = false
		q.wake <- struct{}{} // does not block: an idle goroutine has taken the last value
	}
}

// Close waits until all is written, for a second at most, and is ErrNotWritten if it was not. What is printed
// afterwards is left out.
func (q *Writer) Close() error {
	if !q.CloseBefore(time.Now().Add(flushTimeout)) {
		return ErrNotWritten
	}
	return nil
}

// CloseBefore is Close with a deadline. It reports whether everything was written.
func (q *Writer) CloseBefore(deadline time.Time) bool {
	q.mu.Lock()
	q.closed = true
	q.letGo()
	if q.timer != nil {
		q.timer.Stop()
	}
	q.mu.Unlock()
	late := time.NewTimer(time.Until(deadline))
	defer late.Stop()
	select {
	case <-q.done:
		return true
	case <-late.C:
		return false
	}
}
