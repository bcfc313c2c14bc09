package compat_test

import (
	"encoding/json"
	"expvar"
	"testing"
)

var visits = expvar.NewInt("visits")

func TestExpvar(t *testing.T) {
	visits.Set(7)
	each(t, expvar.Handler, func(t *testing.T, s *site) {
		var vars struct {
			Visits   int            `json:"visits"`
			MemStats map[string]any `json:"memstats"`
		}
		if err := json.Unmarshal([]byte(s.get(t, "/debug/vars", 200)), &vars); err != nil {
			t.Fatal(err)
		}
		want(t, "visits", vars.Visits, 7)
		want(t, "memstats", len(vars.MemStats) > 10, true)
	})
	alike(t, expvar.Handler, nil, head("/debug/vars"))
}
