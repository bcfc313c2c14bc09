package actors

// A runQueue is a queue of mailboxes to run, in a ring that grows as needed.
type runQueue struct {
	ring   []func() // its length is a power of two
	first  int
	length int
}

func (q *runQueue) push(run func()) {
	if q.length == len(q.ring) {
		q.grow()
	}
	q.ring[(q.first+q.length)&(len(q.ring)-1)] = run
	q.length++
}

func (q *runQueue) pop() (run func()) {
	run, q.ring[q.first] = q.ring[q.first], nil
	q.first = (q.first + 1) & (len(q.ring) - 1)
	q.length--
	return run
}

func (q *runQueue) grow() {
	ring := make([]func(), max(2*len(q.ring), 64))
	n := copy(ring, q.ring[q.first:])
	copy(ring[n:], q.ring[:q.first])
	q.ring, q.first = ring, 0
}
