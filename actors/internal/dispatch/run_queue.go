package dispatch

// A runQueue holds the due tasks, first in, first out. Tasks that carry large content come after the others, but get
// a share of the turns: each of their turns takes longer than a small exchange.
type runQueue struct {
	quick, bulk ring
	length      int
	turns       uint
}

// bulkShare gives one in so many turns to large content, if there is any.
const bulkShare = 4

func (q *runQueue) push(due *Task) {
	q.length++
	if due.Bulk.Load() {
		q.bulk.push(due)
		return
	}
	q.quick.push(due)
}

func (q *runQueue) pop() *Task {
	q.length--
	q.turns++
	if q.quick.length == 0 || q.bulk.length > 0 && q.turns%bulkShare == 0 {
		return q.bulk.pop()
	}
	return q.quick.pop()
}

// A ring is a queue that grows as needed.
type ring struct {
	tasks  []*Task // the length is a power of two
	first  int
	length int
}

func (q *ring) push(due *Task) {
	if q.length == len(q.tasks) {
		q.grow()
	}
	q.tasks[(q.first+q.length)&(len(q.tasks)-1)] = due
	q.length++
}

func (q *ring) pop() (due *Task) {
	due, q.tasks[q.first] = q.tasks[q.first], nil
	q.first = (q.first + 1) & (len(q.tasks) - 1)
	if q.length--; q.length == 0 && len(q.tasks) > keptTasks {
		q.tasks, q.first = nil, 0 // a burst is over
	}
	return due
}

// keptTasks is the largest ring that is kept while it is empty.
const keptTasks = 1 << 12

func (q *ring) grow() {
	tasks := make([]*Task, max(2*len(q.tasks), 64))
	n := copy(tasks, q.tasks[q.first:])
	copy(tasks[n:], q.tasks[:q.first])
	q.tasks, q.first = tasks, 0
}
