package actors

import (
	"testing"
	"time"
)

// A stop of the server itself, from outside, ends everything at once: each request that was accepted is
// answered nevertheless, and nothing is left.
func TestAStopOfTheServerAnswersAll(t *testing.T) {
	bubble(t, func(k *kit) {
		sceneRoutes(k.server, sabotage(k.server.env))
		kept, running, queued, idle := k.dial(), k.dial(), k.dial(), k.dial()
		kept.send(ask("GET", "/kept/a"))
		running.send(ask("GET", "/slow/b"))
		queued.send(ask("GET", "/slow/c"))
		system := k.server.env.system
		system.Root.Stop(system.NewLocalPID(serverName))
		k.wait(time.Second)
		kept.want("a handler had it", "HTTP/1.1 503", "\r\nConnection: close\r\n")
		running.want("a handler was at it", "HTTP/1.1 503", "\r\nConnection: close\r\n")
		queued.want("it waited for its turn", "HTTP/1.1 503", "\r\nConnection: close\r\n")
		for _, p := range []*peer{kept, running, queued, idle} {
			p.wantClosed("nothing more is said")
		}
		wantError(t, "Serve says why it ended", k.served, ErrServerClosed)
		if left := k.server.env.living(); len(left) > 0 {
			t.Errorf("these actors are left: %q", left)
		}
	})
}
