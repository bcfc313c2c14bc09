package console

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// A pipe takes a write only when it is read.
type pipe struct {
	mu      sync.Mutex
	reading sync.Cond
	read    bool
	fails   error
	short   int // that a write which fails takes all the same
	failed  int // writes
	writes  []string
}

func newPipe() *pipe {
	p := &pipe{}
	p.reading.L = &p.mu
	return p
}

func (p *pipe) Write(octets []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for !p.read {
		p.reading.Wait()
	}
	if p.fails != nil {
		p.failed++
		n := min(p.short, len(octets))
		if n > 0 {
			p.writes = append(p.writes, string(octets[:n]))
		}
		return n, p.fails
	}
	p.writes = append(p.writes, string(octets))
	return len(octets), nil
}

// set makes the pipe read or not, and writes to it fail or not.
func (p *pipe) set(read bool, fails error, short int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.read, p.fails, p.short = read, fails, short
	p.reading.Broadcast()
}

func (p *pipe) text() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return strings.Join(p.writes, "")
}

// number is how often something was written.
func (p *pipe) number() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.writes)
}

// queued runs f with a queue that writes to a pipe, and ends both.
func queued(t *testing.T, f func(q *Writer, p *pipe)) { t.Helper(); holding(t, 0, f) }

// holding is queued with a queue that holds lines back for so long.
func holding(t *testing.T, hold time.Duration, f func(q *Writer, p *pipe)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		p := newPipe()
		q := newWriter(p, hold, func(dropped uint64, since time.Time) []byte {
			return fmt.Appendf(nil, "dropped %d since %v\n", dropped, since.Sub(time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)))
		})
		f(q, p)
		p.set(true, nil, 0)
		if !q.CloseBefore(time.Now().Add(time.Minute)) {
			t.Error("the queue does not end")
		}
		if q.octets != 0 || q.number != 0 {
			t.Errorf("%d octets of %d lines are held at the end", q.octets, q.number)
		}
	})
}

// numbered are lines 0 to n of so many octets each.
func (q *Writer) numbered(n, octets int, grave bool) {
	for i := range n {
		q.add(fmt.Appendf(nil, "%-*d\n", octets-1, i), grave)
	}
}

func TestAQueueWritesWholeLines(t *testing.T) {
	queued(t, func(q *Writer, p *pipe) {
		var want strings.Builder
		for i := range 5000 {
			line := fmt.Sprintf("%d %s\n", i, strings.Repeat("x", i%200))
			if i == 2000 {
				line = strings.Repeat("a long line ", 2000) + "\n"
			}
			want.WriteString(line)
			q.Write([]byte(line))
		}
		p.set(true, nil, 0)
		synctest.Wait()
		if p.text() != want.String() {
			t.Errorf("%d octets were written, want the %d that were printed, in order", len(p.text()), want.Len())
		}
		for _, write := range p.writes {
			if !strings.HasSuffix(write, "\n") || len(write) > pipeWrite && strings.Count(write, "\n") > 1 {
				t.Errorf("a write of %d octets, %.20q…: want whole lines, no more than a pipe takes at once", len(write), write)
			}
		}
		if len(p.writes) > 300 {
			t.Errorf("%d writes for 5000 lines, want them to be together", len(p.writes))
		}
	})
}

// The last quarter is for warnings and errors, and dropped lines are reported in their place.
func TestAQueueThatNobodyReads(t *testing.T) {
	queued(t, func(q *Writer, p *pipe) {
		const octets, printed = 400, 100_000
		time.Sleep(time.Second)
		q.numbered(printed, octets, false)
		kept := queueOctets / 4 * 3 / octets
		if q.number != kept || q.octets != kept*octets {
			t.Errorf("%d lines of %d octets are held, want %d", q.number, q.octets, kept)
		}
		if held := heldBy(q); held > queueOctets {
			t.Errorf("%d octets of memory are held for %d", held, q.octets)
		}
		q.add([]byte("grave\n"), true)
		if q.number != kept+1 {
			t.Error("there is no room for a grave line")
		}
		q.numbered(printed, octets, true)
		if q.octets > queueOctets {
			t.Errorf("%d octets are held", q.octets)
		}
		grave := q.number - kept
		time.Sleep(time.Minute)
		p.set(true, nil, 0)
		synctest.Wait()
		q.Write([]byte("after\n"))
		synctest.Wait()
		text := p.text()
		if n := strings.Count(text, "\n"); n != kept+grave+2 || !strings.HasSuffix(text, "after\n") {
			t.Errorf("%d lines, that end with %q, want %d and one more", n, text[len(text)-30:], kept+grave+1)
		}
		if want := fmt.Sprintf("dropped %d since 1s\n", 2*printed+1-kept-grave); strings.Count(text, "dropped") != 1 || !strings.Contains(text, want) {
			t.Errorf("want %q once", want)
		}
		if held := heldBy(q); held > chunkSize*(chunksSpare+1) {
			t.Errorf("%d octets of memory are held for nothing", held)
		}
	})
}

// heldBy is the memory of a queue that does not write.
func heldBy(q *Writer) (octets int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, c := range append(q.waiting, q.spare...) {
		octets += cap(c.octets)
	}
	return octets
}

func TestAQueueHoldsSoManyLines(t *testing.T) {
	queued(t, func(q *Writer, _ *pipe) {
		q.numbered(2*queueLines, 10, false)
		if q.number != queueLines/4*3 {
			t.Errorf("%d lines are held", q.number)
		}
		q.numbered(2*queueLines, 10, true)
		if q.number != queueLines {
			t.Errorf("%d lines are held, grave ones among them", q.number)
		}
	})
}

// A reader that takes some now and then: the lines that get through and those that are told as dropped
// are all.
func TestAQueueLosesNoCount(t *testing.T) {
	queued(t, func(q *Writer, p *pipe) {
		const rounds, each = 50, 10_000
		for i := range rounds {
			p.set(i%3 == 0, [...]error{nil, io.ErrShortWrite}[i%2], i*7)
			q.numbered(each, 100, i%5 == 0)
			time.Sleep(400 * time.Millisecond)
		}
		p.set(true, nil, 0)
		q.Write([]byte("after\n"))
		time.Sleep(time.Second)
		synctest.Wait()
		got := 0
		for line := range strings.Lines(p.text()) {
			var dropped int
			if n, _ := fmt.Sscanf(line, "dropped %d", &dropped); n == 1 && strings.Contains(line, "since") {
				got += dropped
			} else if len(line) == 100 || line == "after\n" {
				got++
			}
		}
		if got != rounds*each+1 {
			t.Errorf("%d lines were written or told as dropped, %d were printed", got, rounds*each+1)
		}
	})
}

// After a write that failed within a line the next begins a line.
func TestAQueueEndsALineThatWasCut(t *testing.T) {
	queued(t, func(q *Writer, p *pipe) {
		p.set(true, errors.New("no space left on device"), 15)
		q.Write([]byte("first line\nsecond line\n"))
		q.numbered(3, 5, false)
		synctest.Wait()
		p.set(true, nil, 0)
		q.Write([]byte("third line\n"))
		synctest.Wait()
		lines := strings.Split(p.text(), "\n")
		if n := len(lines); n < 4 || lines[n-3] != "third line" || !strings.HasPrefix(lines[n-2], "dropped ") || strings.Count(p.text(), "third") != 1 {
			t.Errorf("got %q", p.text())
		}
	})
}

// A pipe without a reader costs a write for each line, and no more.
func TestAQueueWhoseReaderIsGone(t *testing.T) {
	queued(t, func(q *Writer, p *pipe) {
		p.set(true, errors.New("broken pipe"), 0)
		for range 10 {
			q.Write([]byte("line\n"))
			time.Sleep(10 * time.Second)
		}
		synctest.Wait()
		if p.failed != 10 || q.number != 0 {
			t.Errorf("%d writes for 10 lines, %d lines held", p.failed, q.number)
		}
		p.set(true, nil, 0)
		q.Write([]byte("line\n"))
		synctest.Wait()
		if want := "line\ndropped 10 since 0s\n"; p.text() != want {
			t.Errorf("somebody reads again: got %q, want %q", p.text(), want)
		}
	})
}

func TestTheEndOfAQueueIsBounded(t *testing.T) {
	queued(t, func(q *Writer, _ *pipe) {
		q.numbered(100, 100, true)
		begun := time.Now()
		if q.CloseBefore(begun.Add(flushTimeout)) || time.Since(begun) != flushTimeout {
			t.Errorf("it took %v to give up, want %v", time.Since(begun), flushTimeout)
		}
		q.numbered(100, 100, true)
		if q.number != 100 {
			t.Error("what is printed after the end is not for this queue")
		}
	})
}

func TestManyPrintAtOnce(t *testing.T) {
	var text strings.Builder
	q := newWriter(&text, 0, nil)
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			for n := range 500 {
				fmt.Fprintf(q, "%d %d\n", i, n)
			}
		})
	}
	all.Wait()
	q.CloseBefore(time.Now().Add(time.Minute))
	var next [8]int
	for line := range strings.Lines(text.String()) {
		var i, n int
		if _, err := fmt.Sscanf(line, "%d %d\n", &i, &n); err != nil || next[i] != n {
			t.Fatalf("got line %q, want %d of %d", line, next[i], i)
		}
		next[i]++
	}
	for i, n := range next {
		if n != 500 {
			t.Errorf("%d lines of %d, want all", n, i)
		}
	}
}
