package actors

import (
	"hash/maphash"
	"net/netip"
	"sync"
)

// peers count the connections of each client address, so that none has more than its share. They are
// asked once for each connection.
type peers struct {
	limit  int // 0 for none
	seed   maphash.Seed
	shards [16]peerShard
}

type peerShard struct {
	mu     sync.Mutex
	number map[netip.Prefix]int
}

func newPeers(limit int) *peers {
	p := &peers{limit: limit, seed: maphash.MakeSeed()}
	for i := range p.shards {
		p.shards[i].number = make(map[netip.Prefix]int)
	}
	return p
}

// enter counts one more connection of the address, unless there are too many.
func (p *peers) enter(address string) bool {
	if p.limit <= 0 {
		return true
	}
	peer := peerNetwork(address)
	if !peer.IsValid() {
		return true
	}
	shard := p.shard(peer)
	shard.mu.Lock()
	defer shard.mu.Unlock()
	if shard.number[peer] >= p.limit {
		return false
	}
	shard.number[peer]++
	return true
}

// leave forgets one that has entered.
func (p *peers) leave(address string) {
	if p.limit <= 0 {
		return
	}
	peer := peerNetwork(address)
	if !peer.IsValid() {
		return
	}
	shard := p.shard(peer)
	shard.mu.Lock()
	defer shard.mu.Unlock()
	if shard.number[peer]--; shard.number[peer] == 0 {
		delete(shard.number, peer)
	}
}

func (p *peers) shard(peer netip.Prefix) *peerShard {
	return &p.shards[maphash.Comparable(p.seed, peer)%uint64(len(p.shards))]
}

// peerNetwork is whom an address counts for: itself, or the network of 64 bits that an IPv6 host can
// choose its addresses from (RFC 4291 §2.5.4). It is not valid for what has no such address, as a Unix
// socket.
func peerNetwork(address string) netip.Prefix {
	at, err := netip.ParseAddrPort(address)
	if err != nil {
		return netip.Prefix{}
	}
	ip := at.Addr().Unmap().WithZone("")
	bits := ip.BitLen()
	if ip.Is6() {
		bits = 64
	}
	network, _ := ip.Prefix(bits)
	return network
}
