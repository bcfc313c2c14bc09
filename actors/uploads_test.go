package actors

import (
	"testing"
	"time"

	"github.com/asynkron/protoactor-go/actor"
)

// An uploadScene is some uploads, on a clock that the test sets.
type uploadScene struct {
	uploads
	t   *testing.T
	now instant
}

func newUploadScene(t *testing.T) *uploadScene { return &uploadScene{t: t, now: 1} }

func (s *uploadScene) begin(name string) *upload { return s.uploads.begin(&actor.PID{Id: name}, s.now) }

func (s *uploadScene) come(to *upload, octets int) { s.came(to, octets, s.now) }

// wantRoom wants that one to give way; "" for none.
func (s *uploadScene) wantRoom(why string, newcomer *upload, slowest string, found bool) {
	s.t.Helper()
	got, ok := s.makeRoom(newcomer, s.now)
	name := ""
	if got != nil {
		name = got.connection.Id
	}
	if name != slowest || ok != found {
		s.t.Errorf("%s: want %q to give way (%v), got %q (%v)", why, slowest, found, name, ok)
	}
}

func TestTheSlowestUploadGivesWay(t *testing.T) {
	s := newUploadScene(t)
	slow, fast := s.begin("slow"), s.begin("fast")
	s.come(slow, 10_000)
	s.come(fast, 20_000)
	s.now = after(s.now, uploadAge-1)
	newcomer := s.begin("newcomer")
	s.wantRoom("they have all just begun", newcomer, "", false)
	s.now = after(s.now, 1)
	s.wantRoom("their rates count", newcomer, "slow", true)
	s.wantRoom("there will be room in a moment", newcomer, "", true)
	s.end(slow)
	s.wantRoom("it was not enough", newcomer, "fast", true)
	s.end(fast)
	s.wantRoom("nobody else is old enough", newcomer, "", false)
}

func TestAnUploadThatIsSlowItselfHasNobodyGiveWay(t *testing.T) {
	s := newUploadScene(t)
	slow, fast := s.begin("slow"), s.begin("fast")
	s.now = after(s.now, time.Minute)
	s.come(slow, 10_000)
	s.come(fast, 20_000)
	s.wantRoom("it is the slowest", slow, "", false)
	s.wantRoom("the other is faster", fast, "slow", true)
}

// Octets that came fast long ago are no credit.
func TestTheRateOfAnUploadIsThatOfTheLastTime(t *testing.T) {
	s := newUploadScene(t)
	hoarder, steady := s.begin("hoarder"), s.begin("steady")
	s.come(hoarder, 1_000_000)
	for range 12 {
		s.now = after(s.now, time.Second)
		s.come(hoarder, 600)
		s.come(steady, 10_000)
	}
	s.wantRoom("it sends next to nothing", s.begin("newcomer"), "hoarder", true)
}

// An upload may be unable to give way, because its connection waits for a client that takes nothing. Then another one
// must.
func TestAnUploadThatDoesNotGiveWay(t *testing.T) {
	s := newUploadScene(t)
	stuck, slow := s.begin("stuck"), s.begin("slow")
	s.come(stuck, 1)
	s.come(slow, 1000)
	s.now = after(s.now, time.Minute)
	newcomer := s.begin("newcomer")
	s.wantRoom("the slowest", newcomer, "stuck", true)
	s.now = after(s.now, giveWayTime-1)
	s.wantRoom("it has time to", newcomer, "", true)
	s.now = after(s.now, 1)
	s.wantRoom("it does not", newcomer, "slow", true)
	s.end(slow)
	s.wantRoom("nobody is left", newcomer, "", false)
}

// Only some look at a time: otherwise each piece of room would wake thousands.
func TestSomeThatWaitForRoomAreWoken(t *testing.T) {
	s := newUploadScene(t)
	var all []*upload
	for range mostWoken + 10 {
		u := s.begin("waits")
		s.await(u)
		s.await(u)
		all = append(all, u)
	}
	if n := len(s.waiting()); n != mostWoken {
		t.Errorf("want %d woken, got %d", mostWoken, n)
	}
	if n := len(s.waiting()); n != 10 {
		t.Errorf("want the others woken by the next, got %d", n)
	}
	if n := len(s.waiting()); n != 0 || s.waits.Load() != 0 {
		t.Errorf("want nobody left, got %d, and %d counted", n, s.waits.Load())
	}
	for _, u := range all {
		s.await(u)
		s.end(u)
	}
	if len(s.all) != 0 || s.waits.Load() != 0 {
		t.Errorf("want nothing left, got %d uploads, and %d counted as waiting", len(s.all), s.waits.Load())
	}
}
