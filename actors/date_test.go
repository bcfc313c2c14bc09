package actors

import (
	"testing"
	"testing/synctest"
	"time"
)

func TestTheDateIsFormattedOnceASecond(t *testing.T) {
	here := time.Local
	defer func() { time.Local = here }()
	time.Local = time.FixedZone("east", 2*60*60)
	synctest.Test(t, func(t *testing.T) {
		var c dateCache
		want := func(why, want string) {
			t.Helper()
			if got := c.at(instantOf(time.Now())); got != want {
				t.Errorf("%s: want %q, got %q", why, want, got)
			}
		}
		want("IMF-fixdate is always in GMT (RFC 9110 §5.6.7)", "Sat, 01 Jan 2000 00:00:00 GMT")
		time.Sleep(time.Second - time.Microsecond)
		want("the second lasts", "Sat, 01 Jan 2000 00:00:00 GMT")
		if got := testing.AllocsPerRun(100, func() { c.at(instantOf(time.Now())) }); got > 0 {
			t.Errorf("within a second nothing is formatted: want no allocation, got %v", got)
		}
		time.Sleep(time.Microsecond)
		want("the next one begins in time", "Sat, 01 Jan 2000 00:00:01 GMT")
		time.Sleep(time.Hour + time.Millisecond)
		want("after a while without requests", "Sat, 01 Jan 2000 01:00:01 GMT")
		time.Sleep(time.Second - time.Millisecond)
		want("a second that was entered late ends in time", "Sat, 01 Jan 2000 01:00:02 GMT")
	})
}
