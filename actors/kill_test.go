package actors

import (
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// "Every accepted request ends in exactly one response, at once when something fails, and the response is its own":
// whichever actor is killed, at whichever message, in whichever behaviour. Other routes go on meanwhile, and when all is
// over nothing is held any more.
//
// The scene is played without a fault, which shows all (actor, message) pairs that there are. Then it is played again
// for each of them and each kind of fault. Closed without a response may only be a connection that was stopped from
// outside while it had none to give.
func TestKillEverywhere(t *testing.T) {
	seen := make(map[deed]int)
	for _, after := range []int{0, 1} { // they end differently
		play(t, "no fault", deed{after: after}, seen)
	}
	var pairs []deed
	for pair, times := range seen {
		pair.after = times
		pairs = append(pairs, pair)
	}
	for _, want := range scenePairs {
		who, message, _ := strings.Cut(want, ": ")
		if seen[deed{actor: who, message: message}] == 0 {
			t.Errorf("the scene has no %s at %s: what is not played is not proved", message, who)
		}
	}
	all := deeds(pairs)
	t.Logf("%d pairs of an actor and a message, %d deeds", len(pairs), len(all))
	if testing.Short() {
		all = some(t, all, shortDeeds)
	}
	for _, what := range all {
		play(t, what.String(), what, nil)
	}
}

// shortDeeds are how many deeds a short test does.
const shortDeeds = 150

// some are so many of the deeds, as a seed says (TROUPE_KILL_SEED; it is logged).
func some(t *testing.T, all []deed, n int) []deed {
	seed := killSeed(t)
	random := rand.New(rand.NewPCG(seed, 1))
	slices.SortFunc(all, func(a, b deed) int { return strings.Compare(a.String(), b.String()) })
	random.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return all[:min(n, len(all))]
}

func killSeed(t *testing.T) uint64 {
	seed := uint64(time.Now().UnixNano())
	if given := os.Getenv("TROUPE_KILL_SEED"); given != "" {
		seed, _ = strconv.ParseUint(given, 10, 64)
	}
	t.Logf("TROUPE_KILL_SEED=%d", seed)
	return seed
}

// deeds are all that can be done at these pairs: to the first such message, and to the second, if there is one.
func deeds(pairs []deed) (all []deed) {
	for _, pair := range pairs {
		for _, what := range []fault{panicBefore, panicAfter, exitBefore, exitAfter, stopIt, hang} {
			for after := range min(pair.after, 2) {
				if d := (deed{pair.actor, pair.message, what, after}); d.isFault() {
					all = append(all, d)
				}
			}
		}
	}
	return all
}

// isFault reports whether a deed is a fault that can happen.
func (d deed) isFault() bool {
	switch {
	case d.actor == "server" && d.fault == stopIt: // see TestAStopOfTheServerAnswersAll
		return false
	case d.message == "Terminated" && (d.fault == panicBefore || d.fault == exitBefore):
		return false // the library would not notice the end of the child
	case d.fault == hang: // only other people's actors do not return, and a source may be silent for ever
		return strings.HasPrefix(d.actor, "router/")
	}
	return true
}

// route is the path of the route whose handler the deed is done to, or to one of its children.
func (d deed) route() string {
	_, pattern, _ := strings.Cut(d.actor, "/")
	if !strings.Contains(pattern, " /") { // a handler with a name
		if strings.HasPrefix(pattern, "seat/") {
			return "/seat" // there is one for all of its keys
		}
		return "/" + pattern
	}
	_, path, _ := strings.Cut(pattern, "/")
	path, _, _ = strings.Cut(path, "/")
	return "/" + path
}

// play plays the scene with one deed, in a bubble; again, if there was no occasion for it, since what
// happens at the same instant happens in any order.
func play(t *testing.T, name string, what deed, seen map[deed]int) {
	t.Run(name, func(t *testing.T) {
		if seen == nil {
			t.Parallel()
		}
		struck := 0
		for range 5 {
			bubble(t, func(k *kit) {
				k.configure(func(c *Config) {
					c.DrainDelay, c.IdleTimeout, c.HeadTimeout, c.BodyTimeout = time.Millisecond, 2*headTime, headTime, bodyTime
					c.HandlerTimeout, c.MaxContent, c.MaxConnectionsPerPeer = hangTime, sceneContent, scenePeers
				})
				k.server.env.connections.leastIdle = 0 // the fake clock stands still while newcomers come
				s := sabotage(k.server.env)
				sceneRoutes(k.server, s)
				s.choose = once(what)
				k.start()
				k.playScene(s, what)
				struck = s.struck()
				for pair, times := range s.seen {
					if seen != nil {
						seen[pair] = max(seen[pair], times)
					}
				}
			})
			if struck > 0 || what.fault == "" || t.Failed() {
				return
			}
		}
		if slices.Contains(scenePairs, what.actor+": "+what.message) && what.after == 0 {
			t.Error("there was no occasion for it")
		}
	})
}

// mayClose reports whether a client may find its connection closed without an answer: it was stopped
// before it had taken the request, or crashed between requests, where nobody can resynchronise.
func (d deed) mayClose() bool {
	return d.fault == stopIt && strings.HasPrefix(d.actor, "listener") || d.actor == "listener/connection discarding"
}

// playScene has a crowd play, then a smaller one while the server drains, and accounts for everything.
func (k *kit) playScene(s *saboteur, what deed) {
	c := &crowd{dial: k.connect, limit: 5 * time.Millisecond, may: what.mayClose()}
	if what.fault == hang {
		c.hung = what.route()
	}
	k.listener.accepts <- acceptance{err: errors.New("too many open files")}
	time.Sleep(2 * firstAcceptPause)
	c.addAll()
	c.playing.Wait()
	k.fullHouse(c)
	time.Sleep(2 * k.config.IdleTimeout)
	s.letGo()
	k.endScene(c, what)
	for _, client := range c.clients {
		for _, complaint := range client.wrong {
			k.t.Error(complaint)
		}
	}
	if what.fault == "" {
		c.wantStatuses(k.t, 200, 404, 408, 429, 500, 503, 504)
	}
	if left := k.server.env.leftovers(); len(left) > 0 {
		k.t.Errorf("these are left: %q", left)
	}
	if k.t.Failed() && what.fault != "" {
		k.t.Logf("the log:\n%s", strings.Join(k.log.written(), "\n"))
	}
}

// wantStatuses wants each of them to have been answered.
func (c *crowd) wantStatuses(t *testing.T, statuses ...int) {
	for _, status := range statuses {
		if !slices.ContainsFunc(c.clients, func(client *sceneClient) bool { return client.counts[status] > 0 }) {
			t.Errorf("want some %d: what is not played is not proved", status)
		}
	}
}

// fullHouse has more clients come than there is room for.
func (k *kit) fullHouse(c *crowd) {
	connections := k.server.env.connections
	limit := func(n int) {
		connections.mu.Lock()
		defer connections.mu.Unlock()
		connections.limit = n
	}
	connections.mu.Lock()
	there := len(connections.all)
	connections.mu.Unlock()
	limit(there + 2)
	idle, _ := k.connect("")
	synctest.Wait()
	c.add(0, part("kept"))
	c.add(1*time.Millisecond, part("kept")) // the one before has begun something, so it does not give way
	c.add(2*time.Millisecond, part("vital"))
	c.add(3*time.Millisecond, func(client *sceneClient) { client.do(visits["quick"].goodFor("200 503")) })
	c.playing.Wait()
	idle.Close()
	limit(k.config.WithDefaults().MaxConnections)
}

// endScene drains the server while clients do everything. It stops the clients soon after the first such message, and
// waits after the second until they have finished.
func (k *kit) endScene(c *crowd, what deed) {
	timeout := 2 * keptTime
	if what.after > 0 {
		timeout = time.Minute
	}
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	c.add(0, part("kept"))
	c.addLast()
	synctest.Wait()
	begun := time.Now()
	err := k.server.Shutdown(ctx)
	if took := time.Since(begun); err != nil && timeout == time.Minute || took > 3*time.Second {
		k.t.Errorf("it does not end: %v after %v", err, took)
	}
	c.playing.Wait()
	for _, client := range c.clients {
		client.hangUp()
	}
	soon, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := k.server.Shutdown(soon); err != nil {
		k.t.Errorf("it does not end: %v", err)
	}
	time.Sleep(time.Second) // those that were waited for have been given up by now
	synctest.Wait()
}

// addLast adds clients whose connections are in each behaviour.
func (c *crowd) addLast() {
	const rest = 2 * time.Second
	for _, last := range []struct{ path, octets, good string }{
		{"", "", ""}, {"", "GET /qui", "408 close"},
		{"/echo", "POST /echo/a HTTP/1.1\r\nHost: a\r\nContent-Length: 7\r\n\r\ncon", "408 503"},
		{"/pull", "POST /pull/b HTTP/1.1\r\nHost: a\r\nContent-Length: 7\r\n\r\ncon", "408 503"},
		{"/mute", "GET /mute/c HTTP/1.1\r\nHost: a\r\n\r\n", "503 504"},
		{"/endless", "GET /endless/d HTTP/1.1\r\nHost: a\r\n\r\n", "200"},
		{"/duplex", "POST /duplex/e HTTP/1.1\r\nHost: a\r\nContent-Length: 7\r\n\r\ncon", "200"},
		{"", "POST /none/f HTTP/1.1\r\nHost: a\r\nContent-Length: 7\r\n\r\ncon", "404"},
		{"", "GET /quick/g HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", "200"},
	} {
		c.add(0, func(client *sceneClient) {
			client.last(last.path, last.good, rest, func(conn net.Conn) { io.WriteString(conn, last.octets) })
		})
	}
}

// living are the actors that there are.
func (env *env) living() (ids []string) {
	for _, bucket := range env.system.ProcessRegistry.LocalPIDs.LocalPIDs {
		bucket.IterCb(func(id string, _ any) {
			if strings.HasPrefix(id, serverName) {
				ids = append(ids, id)
			}
		})
	}
	return ids
}
