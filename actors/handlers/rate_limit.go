package handlers

import (
	"hash/maphash"
	"math"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/troupe-go/troupe/actors"
)

// RateLimitOptions say how many requests a client may send.
type RateLimitOptions struct {
	// Requests is how many a client may send in each Per, on average: Requests: 100, Per: time.Minute.
	Requests int
	Per      time.Duration
	// Burst is how many a client may send at once, after it was silent for long enough: Requests unless set.
	Burst int
	// Key tells clients apart: by [Client] unless set, where an IPv6 /64 network counts as one client, and all requests
	// without an address as another. It is called for many requests at once. After [BasicAuth], User is a good one.
	Key func(*actors.Request) string
	// Clients is how many are remembered at most: 100,000, in about 10 MB.
	Clients int
	// Name is that of the policy in the fields: "default". Two limits of one route need two names.
	Name string
}

// RateLimit answers a client 429 (RFC 6585 §4) that sends requests too fast, with Retry-After. Its answers have the fields
// RateLimit-Policy and RateLimit (draft-ietf-httpapi-ratelimit-headers), from which clients learn how many requests they
// have left, and how long they have to wait for one more.
//
// All routes that get the same option share one limit; each call of RateLimit makes another. A refused request does not
// count. Each request that passes does, also if it fails later, unless an earlier filter has answered it.
//
// If there are more clients than are remembered, the client with the most requests left is forgotten: one that has all
// of them, as a rule, which is then the same as before. A client that has used up its requests is forgotten last. No
// client is refused because of others.
func RateLimit(options RateLimitOptions) actors.RouteOption {
	l := newRateLimit(options)
	return actors.Options(actors.Before(l.admit), actors.After(l.tell))
}

type rateLimit struct {
	buckets *buckets
	seed    maphash.Seed
	key     func(*actors.Request) string // nil for the address
	name    string                       // quoted
	policy  string
	refusal *actors.Problem
}

func newRateLimit(o RateLimitOptions) *rateLimit {
	if o.Burst == 0 {
		o.Burst = o.Requests
	}
	if o.Clients == 0 {
		o.Clients = 100_000
	}
	if o.Name == "" {
		o.Name = "default"
	}
	o.check()
	l := &rateLimit{buckets: newBuckets(o.interval(), o.Burst, o.Clients), seed: maphash.MakeSeed(), key: o.Key, name: `"` + o.Name + `"`}
	l.policy = l.name + ";q=" + strconv.Itoa(o.Requests)
	if o.Per%time.Second == 0 {
		l.policy += ";w=" + strconv.FormatInt(int64(o.Per/time.Second), 10)
	}
	l.refusal = &actors.Problem{
		Status: 429, Type: "https://iana.org/assignments/http-problem-types#quota-exceeded",
		Detail: "There are too many requests from this client.", More: map[string]any{"violated-policies": []string{o.Name}},
	}
	return l
}

// interval is how long one request lasts, rounded up, so that there are never more than allowed.
func (o *RateLimitOptions) interval() time.Duration {
	return (o.Per-1)/time.Duration(o.Requests) + 1
}

// check panics if the options cannot be meant.
func (o *RateLimitOptions) check() {
	const instead = "write Requests: 100, Per: time.Minute"
	switch {
	case o.Requests <= 0:
		mistake("RateLimit: Requests is %d, so nobody could send any: %s", o.Requests, instead)
	case o.Per <= 0:
		mistake("RateLimit: Per is %v, so there is no rate: %s", o.Per, instead)
	case o.interval() < time.Microsecond:
		mistake("RateLimit: %d per %v is no limit: %s", o.Requests, o.Per, instead)
	case o.Burst < 0:
		mistake("RateLimit: Burst is %d, so nobody could send any: leave it out, and it is as Requests", o.Burst)
	case int64(o.Burst) > math.MaxInt64/4/int64(o.interval()):
		mistake("RateLimit: a burst of %d takes centuries to come back: write a smaller one", o.Burst)
	case o.Clients < 0:
		mistake("RateLimit: Clients is %d: leave it out, and 100,000 are remembered", o.Clients)
	case !isPrintable(o.Name) || strings.ContainsAny(o.Name, `"\`):
		mistake("RateLimit: the name %q has to be printable ASCII without quotes: leave it out, and it is default", o.Name)
	}
}

// admit refuses a request that comes too soon.
func (l *rateLimit) admit(r *actors.Request) *actors.Response {
	left, admitted := l.buckets.spend(l.clientOf(r))
	r.Set(l, left)
	if admitted {
		return nil
	}
	return r.Fail(l.refusal).With("Retry-After", left.wait())
}

// tell adds the fields to the response. It is silent if another filter or the server has answered before admit.
func (l *rateLimit) tell(r *actors.Request, response *actors.Response) {
	if left, ok := r.Value(l).(quota); ok {
		response.With("RateLimit-Policy", l.policy)
		response.With("RateLimit", l.name+";r="+strconv.FormatInt(left.requests, 10)+";t="+left.wait())
	}
}

// clientOf is a number of 64 bits, however long the key is. The chance that any two of 100,000 clients have the same is one
// in three billion, and nobody can choose a number, because the seed is secret.
func (l *rateLimit) clientOf(r *actors.Request) uint64 {
	if l.key != nil {
		return maphash.String(l.seed, l.key(r))
	}
	address := Client(r)
	if !address.IsValid() {
		return maphash.Bytes(l.seed, nil)
	}
	octets := networkOf(address).As16()
	return maphash.Bytes(l.seed, octets[:])
}

// networkOf is the address, or the first one of its 64-bit network, from which an IPv6 host can choose its addresses (RFC
// 4291 §2.5.4). All hosts of a link share one such network of link-local addresses, so these count for themselves.
func networkOf(address netip.Addr) netip.Addr {
	if address.Is4() || address.IsLinkLocalUnicast() {
		return address
	}
	network, _ := address.Prefix(64)
	return network.Addr()
}
