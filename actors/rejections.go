package actors

import (
	"cmp"
	"log/slog"
	"slices"
	"sync/atomic"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/troupe-go/troupe/wire"
)

// A Rejection says how often requests broke a rule of HTTP.
type Rejection struct {
	Status  int    // of the answer
	Section string // section with the rule, for example "RFC 9112 §3.2"
	Reason  string // what was wrong
	Count   uint64
}

// Rejections lists the rules that requests have broken so far, the most frequent first. It may be called from
// anywhere, at any time.
func (s *Server) Rejections() []Rejection { return s.env.rejections.list() }

// rejections has a counter for each rule. The map itself never changes.
type rejections map[wire.Rule]*atomic.Uint64

func newRejections() rejections {
	counters := make(rejections)
	for _, rule := range wire.Rules() {
		counters[rule] = new(atomic.Uint64)
	}
	return counters
}

func (r rejections) list() (list []Rejection) {
	for rule, counter := range r {
		if count := counter.Load(); count > 0 {
			list = append(list, Rejection{rule.Status, rule.Section, rule.Reason, count})
		}
	}
	slices.SortFunc(list, func(a, b Rejection) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Section, b.Section), cmp.Compare(a.Reason, b.Reason))
	})
	return list
}

// log logs which rules were broken, when the server stops.
func (r rejections) log(log *actorLog, who *actor.PID) {
	log.sumUp()
	for _, rejection := range r.list() {
		log.info(who, "rejected in all", slog.Uint64("count", rejection.Count),
			slog.String("rule", rejection.Reason), slog.String("section", rejection.Section))
	}
}
