package actors

// A job is a mailbox to run.
type job struct {
	run     func()
	mailbox *mailbox // whose run it is; nil if it is not one of ours
}

// A runQueue is a queue of mailboxes to run, in a ring that grows as needed.
type runQueue struct {
	ring   []job // its length is a power of two
	first  int
	length int
}

func (q *runQueue) push(due job) {
	if q.length == len(q.ring) {
		q.grow()
	}
	q.ring[(q.first+q.length)&(len(q.ring)-1)] = due
	q.length++
}

func (q *runQueue) pop() (due job) {
	due, q.ring[q.first] = q.ring[q.first], job{}
	q.first = (q.first + 1) & (len(q.ring) - 1)
	q.length--
	return due
}

func (q *runQueue) grow() {
	ring := make([]job, max(2*len(q.ring), 64))
	n := copy(ring, q.ring[q.first:])
	copy(ring[n:], q.ring[:q.first])
	q.ring, q.first = ring, 0
}
