package console

import (
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// Lines that are held back leave together, in order, and none waits for longer than it may.
func TestLinesAreHeldBackForAMoment(t *testing.T) {
	holding(t, heldFor, func(q *Writer, p *pipe) {
		p.set(true, nil, 0)
		for i := range 20 {
			fmt.Fprintf(q, "%d\n", i)
			time.Sleep(10 * time.Millisecond)
		}
		time.Sleep(heldFor)
		synctest.Wait()
		if n := strings.Count(p.text(), "\n"); n != 20 || p.number() > 5 {
			t.Errorf("want 20 lines in 4 or 5 writes, got %d in %d", n, p.number())
		}
		for range 3 { // after a rest as well
			time.Sleep(time.Minute)
			before := p.number()
			q.Write([]byte("one\n"))
			time.Sleep(heldFor - 1)
			synctest.Wait()
			if p.number() != before {
				t.Error("want it held back")
			}
			time.Sleep(time.Nanosecond)
			synctest.Wait()
			if p.number() != before+1 {
				t.Error("want it held back for no longer")
			}
		}
	})
}

// What was printed after a line that left early is not held for longer than its own time.
func TestAGraveLineLeavesAtOnce(t *testing.T) {
	holding(t, heldFor, func(q *Writer, p *pipe) {
		p.set(true, nil, 0)
		q.Write([]byte("before\n"))
		time.Sleep(heldFor / 2)
		q.add([]byte("grave\n"), true)
		synctest.Wait()
		if p.text() != "before\ngrave\n" {
			t.Errorf("want it written with what came before, got %q", p.text())
		}
		q.Write([]byte("after\n"))
		synctest.Wait()
		if strings.Contains(p.text(), "after") {
			t.Error("want what came after it held back")
		}
		time.Sleep(heldFor)
		synctest.Wait()
		if p.text() != "before\ngrave\nafter\n" {
			t.Errorf("got %q", p.text())
		}
	})
}

// Many lines are written before the time is up.
func TestNotMuchIsHeldBack(t *testing.T) {
	holding(t, time.Hour, func(q *Writer, p *pipe) {
		p.set(true, nil, 0)
		const octets, printed = 100, 10_000
		for i := range printed / 10 {
			for n := range 10 {
				fmt.Fprintf(q, "%-*d\n", octets-1, 10*i+n)
			}
			synctest.Wait()
		}
		if left := octets*printed - len(p.text()); left > heldChunks*chunkSize {
			t.Errorf("%d octets are held back", left)
		}
	})
}

func TestCloseHoldsNothingBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, asJSON := range []bool{false, true} {
			p := newPipe()
			p.set(true, nil, 0)
			handler := New(p, &Options{JSON: asJSON})
			for range 1000 {
				slog.New(handler).Info("a line")
			}
			begun := time.Now()
			if err := handler.Close(); err != nil || strings.Count(p.text(), "a line") != 1000 || time.Since(begun) != 0 {
				t.Errorf("got %d lines, %v, after %v", strings.Count(p.text(), "a line"), err, time.Since(begun))
			}
		}
	})
}

// A handler holds lines back by their level, whatever their format.
func TestALogHoldsNoWarningBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, asJSON := range []bool{false, true} {
			p := newPipe()
			p.set(true, nil, 0)
			handler := New(p, &Options{JSON: asJSON})
			log := slog.New(handler).With("a", "b")
			log.Info("first")
			synctest.Wait()
			held := p.text()
			log.Warn("second")
			synctest.Wait()
			if lines := strings.Count(p.text(), "\n"); held != "" || lines != 2 {
				t.Errorf("want the first held back up to the second, got %q and then %q", held, p.text())
			}
			log.Info("third")
			time.Sleep(heldFor)
			synctest.Wait()
			if !strings.Contains(p.text(), "third") {
				t.Error("want it written when its time is over")
			}
			handler.Close()
		}
	})
}
