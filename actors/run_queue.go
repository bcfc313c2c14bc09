package actors

// A job is a mailbox to run.
type job struct {
	run     func()
	mailbox *mailbox // whose run it is; nil if it is not one of ours
}

// A runQueue has the mailboxes that are due, first in, first out. Those that carry large content go behind
// the others, but for a share of the turns: each of their turns takes longer than a small exchange does.
type runQueue struct {
	quick, bulk ring
	length      int
	turns       uint
}

// bulkShare is of how many turns one is for large content, if there is any.
const bulkShare = 4

func (q *runQueue) push(due job) {
	q.length++
	if due.mailbox != nil && due.mailbox.bulk.Load() {
		q.bulk.push(due)
		return
	}
	q.quick.push(due)
}

func (q *runQueue) pop() job {
	q.length--
	q.turns++
	if q.quick.length == 0 || q.bulk.length > 0 && q.turns%bulkShare == 0 {
		return q.bulk.pop()
	}
	return q.quick.pop()
}

// A ring is a queue that grows as needed.
type ring struct {
	jobs   []job // their number is a power of two
	first  int
	length int
}

func (q *ring) push(due job) {
	if q.length == len(q.jobs) {
		q.grow()
	}
	q.jobs[(q.first+q.length)&(len(q.jobs)-1)] = due
	q.length++
}

func (q *ring) pop() (due job) {
	due, q.jobs[q.first] = q.jobs[q.first], job{}
	q.first = (q.first + 1) & (len(q.jobs) - 1)
	if q.length--; q.length == 0 && len(q.jobs) > keptJobs {
		q.jobs, q.first = nil, 0 // a burst is over
	}
	return due
}

// keptJobs is the size of a queue that is kept while it is empty.
const keptJobs = 1 << 12

func (q *ring) grow() {
	jobs := make([]job, max(2*len(q.jobs), 64))
	n := copy(jobs, q.jobs[q.first:])
	copy(jobs[n:], q.jobs[:q.first])
	q.jobs, q.first = jobs, 0
}
