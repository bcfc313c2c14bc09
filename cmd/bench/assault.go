package main

// An assault is how clients try to have a server hold more than it has to.
type assault struct {
	name        string
	connections int // at once
	most        cost
	content     bool // the server may hold content besides: MaxContent
	queue       bool // a handler is stuck: MaxQueue requests may wait for it, whoever has given up
	serve       string
	from        string // the address that the clients come from; any, if empty
	narrow      bool   // the clients take little at a time
	quiet       bool   // the connections are silent once they are open, and stay
	run         func(*enemy)
}

// A cost is what one connection may cost the server, in KiB, as docs/explanation/reliability.md has it.
type cost int

const (
	costOfIdle    cost = 6
	costOfTLS     cost = 16
	costOfSilence cost = 6 // of a stream
	costOfHead    cost = 256
	costOfReading cost = 192
	costOfPlace   cost = 2 // in a queue, of a request that nobody waits for
)

// assaults bound themselves: in connections, in octets, and in time.
func assaults() []assault {
	all := []assault{
		{name: "abandoned GETs", connections: 32, most: costOfHead, queue: true, run: abandonedGets},
		{name: "abandoned POSTs", connections: 4, most: costOfHead, queue: true, content: true, run: abandonedPosts},
		{name: "GETs that end in 504", connections: 256, most: costOfHead, queue: true, run: lateGets},
		{name: "POSTs that end in 504", connections: 8, most: costOfHead, queue: true, content: true, run: latePosts},
		{name: "uploads broken off", connections: 1000, most: costOfIdle, content: true, run: brokenUploads},
		{name: "hoarded content", connections: 72, most: costOfHead, content: true, run: hoardedContent},
		{name: "slow heads", connections: 1000, most: costOfHead, run: slowHeads},
		{name: "98 fields", connections: 1000, most: costOfHead, run: manyFields},
		{name: "tiny chunks", connections: 64, most: costOfHead, content: true, run: tinyChunks},
		{name: "chunk extensions", connections: 64, most: costOfHead, content: true, run: chunkExtensions},
		{name: "unread pipelines", connections: 500, most: costOfReading, narrow: true, run: unreadPipelines},
		{name: "slow readers", connections: 500, most: costOfReading, narrow: true, run: slowReaders},
		{name: "idle", connections: 8000, most: costOfIdle, quiet: true, run: idleConnections},
		{name: "idle, TLS", connections: 2000, most: costOfTLS, quiet: true, serve: "memory-tls", run: idleTLS},
		{name: "idle, PROXY protocol", connections: 4000, most: costOfIdle, quiet: true, serve: "memory-proxied", from: proxyAddress, run: idleProxied},
		{name: "silent streams", connections: 4000, most: costOfSilence, quiet: true, run: silentStreams},
	}
	for i := range all {
		if all[i].serve == "" {
			all[i].serve = "memory"
		}
	}
	return all
}

// rivals lists the servers that it is for: net/http knows no PROXY protocol.
func (a assault) rivals() []string {
	if a.from == proxyAddress {
		return []string{troupe}
	}
	return []string{troupe, netHTTP}
}

func (a assault) secure() bool { return a.serve == "memory-tls" }

// sum is the most that the server may have resident during the assault, in KiB, as
// docs/how-to/set-limits.md has it: what it has without clients, two and a half times what they can make
// it hold, and what was not given back yet.
func (a assault) sum(start int) int {
	held := a.connections * int(a.most)
	if a.content {
		held += memoryContent >> 10
	}
	if a.queue {
		held += memoryQueue * int(costOfPlace)
	}
	return start + held*5/2 + moreMemory
}
