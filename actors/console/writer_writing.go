package console

import (
	"slices"
	"time"
)

// pipeWrite is the size of a write that a pipe keeps together on Linux (PIPE_BUF in pipe(7)), so that no line of
// another process gets into ours.
const pipeWrite = 4096

// run writes until the queue is closed and empty.
func (q *Writer) run() {
	defer close(q.done)
	for {
		batch, more := q.next()
		if !more {
			return
		}
		q.write(batch)
	}
}

// next takes a chunk, or makes a report. It waits if there is neither; more is false if nothing will come. Dropped
// lines are reported in their place, or after a second, but not while writes fail.
func (q *Writer) next() (batch chunk, more bool) {
	for {
		q.mu.Lock()
		closed := q.closed
		switch {
		case q.dropped > 0 && q.report != nil && !q.failing && (len(q.waiting) == 0 || time.Since(q.since) >= time.Second):
			line := q.report(q.dropped, q.since)
			batch = chunk{line, []int{len(line)}, q.dropped}
			q.octets, q.number, q.dropped = q.octets+len(line), q.number+1, 0
			q.mu.Unlock()
			return batch, true
		case q.due > 0:
			q.due--
			batch = q.waiting[0]
			q.waiting = slices.Delete(q.waiting, 0, 1)
			q.mu.Unlock()
			return batch, true
		}
		q.idle = !closed
		q.mu.Unlock()
		if closed {
			return chunk{}, false
		}
		<-q.wake
	}
}

// write writes a chunk in pieces of whole lines, and gives its room back.
func (q *Writer) write(batch chunk) {
	begin := 0
	for ends := batch.ends; len(ends) > 0; {
		n, _ := slices.BinarySearch(ends, begin+pipeWrite+1)
		n = max(n, 1) // a longer line is still written in one piece
		end := ends[n-1]
		written := begin + q.put(batch.octets[begin:end])
		whole, _ := slices.BinarySearch(ends[:n], written+1)
		if lost := uint64(n - whole); lost > 0 {
			q.lose(max(lost, batch.tells))
		}
		begin, ends = end, ends[n:]
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	q.number -= len(batch.ends)
	q.octets -= len(batch.octets)
	if cap(batch.octets) == chunkSize && len(q.spare) < chunksSpare {
		q.spare = append(q.spare, chunk{octets: batch.octets[:0], ends: batch.ends[:0]})
	}
}

// put does one write, and returns how many octets were written. After a write that ended within a line, it first ends
// that line.
func (q *Writer) put(octets []byte) int {
	if q.torn {
		if n, _ := q.to.Write([]byte("\n")); n < 1 {
			q.failing = true
			return 0
		}
		q.torn = false
	}
	n, err := q.to.Write(octets)
	q.failing = err != nil
	q.torn = n > 0 && octets[n-1] != '\n'
	return n
}

// lose counts lines that were not written.
func (q *Writer) lose(n uint64) {
	q.mu.Lock()
	q.drop(n)
	q.mu.Unlock()
}
