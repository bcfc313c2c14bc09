package handlers

import (
	"container/heap"
	"strconv"
	"sync"
	"time"
)

// buckets hold for each client how many requests it has left. A bucket comes back one request per interval, up to the
// capacity. All that has to be known of a bucket is when it is full again (the generic cell rate algorithm): 8 octets, from
// which follows what is left and how long to wait. A limiter of golang.org/x/time/rate has ten times as much, and does not
// tell how long to wait unless one waits.
//
// A bucket that is full again says nothing, so its room goes to the next client. Buckets are in the order in which they are
// full again; if none is, the next client gets the room of the first.
type buckets struct {
	interval int64 // all times are in nanoseconds
	capacity int64 // an interval for each request
	begin    time.Time
	shards   []bucketShard
}

type bucketShard struct {
	mu    sync.Mutex
	limit int
	of    map[uint64]*bucket
	line  bucketLine
	_     [64]byte // neighbours are in another cache line
}

type bucket struct {
	client uint64
	full   int64 // when it is full again, since the beginning
	at     int   // in the line
}

// A quota is what a client has left.
type quota struct {
	requests int64
	more     int64 // nanoseconds until there is one more
}

// wait is the time until there is one more, in whole seconds for a field.
func (q quota) wait() string {
	return strconv.FormatInt((q.more-1)/int64(time.Second)+1, 10)
}

// manyClients is how many make it worth while to have several locks.
const manyClients = 4096

func newBuckets(interval time.Duration, burst, clients int) *buckets {
	shards := 1
	if clients >= manyClients {
		shards = 64
	}
	b := &buckets{interval: int64(interval), capacity: int64(interval) * int64(burst), begin: time.Now(), shards: make([]bucketShard, shards)}
	for i := range b.shards {
		b.shards[i].limit, b.shards[i].of = clients/shards, make(map[uint64]*bucket)
	}
	return b
}

// spend spends a request of the client, if one is left.
func (b *buckets) spend(client uint64) (left quota, admitted bool) {
	shard, now := &b.shards[client%uint64(len(b.shards))], int64(time.Since(b.begin))
	shard.mu.Lock()
	defer shard.mu.Unlock()
	full := now
	known := shard.of[client]
	if known != nil {
		full = max(known.full, now)
	}
	if admitted = full-now+b.interval <= b.capacity; admitted {
		full += b.interval
		shard.remember(known, client, full, now)
	}
	free := b.capacity - (full - now)
	left.requests = free / b.interval
	left.more = b.interval - free%b.interval
	return left, admitted
}

// remember keeps when the bucket of the client is full again. The client may not be known yet.
func (s *bucketShard) remember(known *bucket, client uint64, full, now int64) {
	switch {
	case known != nil:
	case len(s.line) > 0 && (s.line[0].full <= now || len(s.line) == s.limit):
		known = s.line[0]
		delete(s.of, known.client)
		known.client, s.of[client] = client, known
	default:
		known = &bucket{client: client, full: full}
		s.of[client] = known
		heap.Push(&s.line, known)
	}
	known.full = full
	heap.Fix(&s.line, known.at)
}

// A bucketLine is a heap of buckets: the first is full first.
type bucketLine []*bucket

func (l bucketLine) Len() int           { return len(l) }
func (l bucketLine) Less(i, j int) bool { return l[i].full < l[j].full }
func (l bucketLine) Swap(i, j int) {
	l[i], l[j] = l[j], l[i]
	l[i].at, l[j].at = i, j
}

func (l *bucketLine) Push(added any) {
	b := added.(*bucket)
	b.at = len(*l)
	*l = append(*l, b)
}

// Pop is for heap.Interface. Nobody calls it: a bucket gets another client instead.
func (l *bucketLine) Pop() any { return nil }
