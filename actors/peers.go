package actors

import (
	"hash/maphash"
	"net/netip"
	"sync"
)

// An account is a client as the server counts it: an address, or the 64-bit network from which an IPv6 host can
// choose its addresses.
type account struct {
	network netip.Prefix
	room    *content

	// Guarded by its shard.
	number  int // of its connections
	welcome int // connections within its limit
}

// name identifies the client. A client that leaves and comes again has a new account, but the same name.
func (a *account) name() (network netip.Prefix) {
	if a != nil {
		network = a.network
	}
	return network
}

// peers count the connections of each client, so that none has more than its share. Each connection enters and leaves
// once.
type peers struct {
	limit  int // 0 for none
	room   *content
	seed   maphash.Seed
	shards [16]peerShard
}

type peerShard struct {
	mu    sync.Mutex
	peers map[netip.Prefix]*account
}

func newPeers(limit int, room *content) *peers {
	p := &peers{limit: limit, room: room, seed: maphash.MakeSeed()}
	for i := range p.shards {
		p.shards[i].peers = make(map[netip.Prefix]*account)
	}
	return p
}

// enter counts one more connection of the address. The connection is not welcome if there are too many.
func (p *peers) enter(address string) (client *account, welcome bool) {
	network := peerNetwork(address)
	shard := p.shard(network)
	shard.mu.Lock()
	defer shard.mu.Unlock()
	client = shard.peers[network]
	if client == nil {
		client = &account{network: network, room: p.room}
		shard.peers[network] = client
	}
	client.number++
	if welcome = p.limit <= 0 || client.welcome < p.limit || !network.IsValid(); welcome {
		client.welcome++
	}
	return client, welcome
}

// leave counts a connection that has entered out again.
func (p *peers) leave(client *account, welcome bool) {
	shard := p.shard(client.network)
	shard.mu.Lock()
	defer shard.mu.Unlock()
	if welcome {
		client.welcome--
	}
	if client.number--; client.number == 0 {
		delete(shard.peers, client.network)
	}
}

func (p *peers) shard(network netip.Prefix) *peerShard {
	return &p.shards[maphash.Comparable(p.seed, network)%uint64(len(p.shards))]
}

// peerNetwork is the network that an address counts for: the address itself, or the 64-bit network from which an IPv6
// host can choose its addresses (RFC 4291 §2.5.4). A link-local address counts for itself, because all hosts of a
// link share one such network (RFC 4291 §2.5.6). The result is not valid for a peer without an address, such as one
// on a Unix socket.
func peerNetwork(address string) netip.Prefix {
	at, err := netip.ParseAddrPort(address)
	if err != nil {
		return netip.Prefix{}
	}
	ip := at.Addr().Unmap().WithZone("")
	bits := ip.BitLen()
	if ip.Is6() && !ip.IsLinkLocalUnicast() {
		bits = 64
	}
	network, _ := ip.Prefix(bits)
	return network
}
