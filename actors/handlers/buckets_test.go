package handlers

import (
	"math/rand/v2"
	"runtime"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// held is how many buckets there are. It fails the test unless all that is known of them agrees.
func (b *buckets) held(t *testing.T) (held int) {
	t.Helper()
	for i := range b.shards {
		s := &b.shards[i]
		if len(s.of) != len(s.line) || len(s.line) > s.limit {
			t.Fatalf("%d clients have %d buckets, of %d", len(s.of), len(s.line), s.limit)
		}
		for at, bucket := range s.line {
			if bucket.at != at || s.of[bucket.client] != bucket || bucket.full < s.line[max(0, at-1)/2].full {
				t.Fatalf("the bucket at %d is out of order: %+v", at, bucket)
			}
		}
		held += len(s.line)
	}
	return held
}

func TestBucketsAreBounded(t *testing.T) {
	for _, test := range []struct{ clients, locks, atLeast int }{
		{1, 1, 1}, {manyClients - 1, 1, manyClients - 1}, {manyClients, 64, manyClients / 2}, {100_000, 64, 95_000},
	} {
		b := newBuckets(time.Hour, 5, test.clients)
		var all sync.WaitGroup
		for range 4 {
			all.Go(func() {
				for range 3 * test.clients / 2 {
					b.spend(rand.Uint64())
				}
			})
		}
		all.Wait()
		if held := b.held(t); held > test.clients || held < test.atLeast || len(b.shards) != test.locks {
			t.Errorf("for %d clients: %d are held, under %d locks", test.clients, held, len(b.shards))
		}
	}
}

// As many clients are remembered by default as the comment says.
func TestBucketsByDefault(t *testing.T) {
	b, clients := newRateLimit(RateLimitOptions{Requests: 7, Per: time.Minute}).buckets, 0
	for i := range b.shards {
		clients += b.shards[i].limit
	}
	if clients > 100_000 || clients < 99_000 || b.capacity != 7*b.interval {
		t.Errorf("want 100,000 clients with 7 requests, got %d with %d", clients, b.capacity/b.interval)
	}
}

// The room of a bucket that is full again goes to the next client.
func TestBucketsThatAreFullTakeNoRoom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBuckets(time.Second, 5, 100)
		for client := range uint64(10) {
			b.spend(client)
			if held := b.held(t); held != int(client)+1 {
				t.Fatalf("after %d: %d are held", client, held)
			}
			time.Sleep(time.Millisecond)
		}
		time.Sleep(time.Second - 10*time.Millisecond) // now the first is full, to the nanosecond
		if b.spend(10); b.held(t) != 10 || b.shards[0].of[0] != nil {
			t.Errorf("%d are held, with the first: %v", b.held(t), b.shards[0].of[0])
		}
		if b.spend(11); b.held(t) != 11 {
			t.Errorf("none is full: %d are held", b.held(t))
		}
	})
}

// A model that forgets nobody agrees, as long as there is room.
func TestBucketsAreThoseOfAModel(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const burst, interval = 4, 7 * time.Millisecond
		b := newBuckets(interval, burst, 1000)
		full := make(map[uint64]time.Time)
		random := rand.New(rand.NewPCG(1, 2))
		for range 100_000 {
			client, now := random.Uint64N(600), time.Now()
			next := full[client]
			if next.Before(now) {
				next = now
			}
			next = next.Add(interval)
			want := !next.After(now.Add(burst * interval))
			if want {
				full[client] = next
			}
			debt := full[client].Sub(now)
			wantLeft := (burst*interval - debt) / interval
			left, got := b.spend(client)
			if got != want || left.requests != int64(wantLeft) || time.Duration(left.more) != debt-(burst-wantLeft-1)*interval {
				t.Fatalf("client %d: want %v, %d left, got %v %+v", client, want, wantLeft, got, left)
			}
			time.Sleep(time.Duration(random.Uint64N(100_000)))
		}
		b.held(t)
	})
}

func benchmarkSpend(b *testing.B, clients int) {
	buckets := newBuckets(time.Minute/100, 100, 100_000)
	for i := range clients {
		buckets.spend(spread(i))
	}
	b.ReportAllocs()
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for i := rand.IntN(clients); pb.Next(); i++ {
			buckets.spend(spread(i % clients))
		}
	})
}

// spread makes numbers that are like hashes.
func spread(i int) uint64 { return uint64(i+1) * 0x9e3779b97f4a7c15 }

func BenchmarkSpendOf1Client(b *testing.B)        { benchmarkSpend(b, 1) }
func BenchmarkSpendOf100000Clients(b *testing.B)  { benchmarkSpend(b, 90_000) }
func BenchmarkSpendOf1000000Clients(b *testing.B) { benchmarkSpend(b, 1_000_000) } // most are forgotten

// How much memory all clients take.
func BenchmarkHeldBy100000Clients(b *testing.B) {
	var before, after runtime.MemStats
	for b.Loop() {
		runtime.GC()
		runtime.ReadMemStats(&before)
		buckets := newBuckets(time.Hour, 5, 100_000)
		for i := range 200_000 {
			buckets.spend(spread(i))
		}
		runtime.GC()
		runtime.ReadMemStats(&after)
		runtime.KeepAlive(buckets)
		b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/1e6, "MB")
	}
}
