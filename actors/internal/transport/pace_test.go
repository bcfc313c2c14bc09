package transport

import (
	"testing"
	"time"
)

// A waited is a wait for the client within a write, and what the client took meanwhile.
type waited struct {
	seconds float64
	taken   int64
}

func TestAPaceIsThatOfAWindow(t *testing.T) {
	const timeout, rate = 10 * time.Second, 500
	often := func(times int, w waited) (all []waited) {
		for range times {
			all = append(all, w)
		}
		return all
	}
	for _, test := range []struct {
		name string
		of   []waited
		slow int // which of them finds it too slow, from 1; 0 for none
	}{
		{"one that takes nothing", []waited{{10, 0}}, 1},
		{"nothing, in two writes", []waited{{4, 0}, {6, 0}}, 2},
		{"49 octets a second", []waited{{10, 490}}, 1},
		{"49 octets a second, in many writes", often(100, waited{0.5, 24}), 20},
		{"the least rate", often(10, waited{10, 5000}), 0},
		{"just below it", []waited{{10, 5000}, {10, 4999}}, 2},
		{"in steps within the window", often(5, waited{9.9, 49000}), 0},
		{"all at once, and then hardly anything", []waited{{1, 1 << 30}, {9, 1}, {5, 1}, {5, 1}}, 4},
		{"all at once, and then nothing", []waited{{1, 1 << 30}, {9, 0}, {1, 0}}, 3},
		{"short waits", often(1000, waited{0.001, 1}), 0},
	} {
		var p pace
		slow, now := 0, time.Now()
		for i, w := range test.of {
			d := time.Duration(w.seconds * float64(time.Second))
			p.resume(now, 0)
			now = now.Add(d)
			if !p.wait(now, d, w.taken, timeout, rate) {
				slow = i + 1
				break
			}
			if left := p.left(timeout); left <= 0 || left > timeout {
				t.Errorf("%s: a write may wait for %v more", test.name, left)
			}
		}
		if slow != test.slow {
			t.Errorf("%s: want it too slow at %d, got %d", test.name, test.slow, slow)
		}
	}
}

func TestAPaceWithoutARate(t *testing.T) {
	for _, rate := range []int{0, -1} {
		var p pace
		if !p.wait(time.Now(), time.Minute, 1, time.Second, rate) {
			t.Errorf("rate %d: it takes something", rate)
		}
		if p.wait(time.Now(), time.Second, 0, time.Second, rate) {
			t.Errorf("rate %d: it takes nothing for the timeout", rate)
		}
	}
}

func TestAPaceBetweenWaits(t *testing.T) {
	var p pace
	now := time.Now()
	p.resume(now, 1<<20)
	if p.taken != 0 {
		t.Error("what was taken before anybody waited is no credit")
	}
	now = now.Add(6 * time.Second)
	p.wait(now, 6*time.Second, 0, 10*time.Second, 500)
	p.resume(now, 5000)
	if left := p.left(10 * time.Second); left != 4*time.Second {
		t.Errorf("the window goes on: want 4s left, got %v", left)
	}
	if !p.wait(now, 4*time.Second, 0, 10*time.Second, 500) {
		t.Error("it has taken 5000 octets in 10 s")
	}
	p.wait(now, 6*time.Second, 1, 10*time.Second, 500)
	p.resume(now.Add(2*time.Second), 0)
	if p.waited != 4*time.Second {
		t.Errorf("nobody has waited for 2 s: want 4s in the window, got %v", p.waited)
	}
	p.resume(now.Add(time.Minute), 0)
	if p.waited != 0 || p.taken != 0 {
		t.Errorf("nobody has waited for long: want a new window, got %v", p)
	}
}
