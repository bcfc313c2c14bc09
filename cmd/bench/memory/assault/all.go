package assault

import (
	"github.com/troupe-go/troupe/cmd/bench/internal/site"
)

// All bound themselves: in connections, in octets, and in time.
func All() []Assault {
	all := []Assault{
		{Name: "abandoned GETs", Connections: 32, Most: costOfHead, queue: true, Run: abandonedGets},
		{Name: "abandoned POSTs", Connections: 4, Most: costOfHead, queue: true, Content: true, Run: abandonedPosts},
		{Name: "GETs that end in 504", Connections: 256, Most: costOfHead, queue: true, Run: lateGets},
		{Name: "POSTs that end in 504", Connections: 8, Most: costOfHead, queue: true, Content: true, Run: latePosts},
		{Name: "uploads broken off", Connections: 1000, Most: costOfIdle, Content: true, Run: brokenUploads},
		{Name: "hoarded content", Connections: 72, Most: costOfHead, Content: true, Run: hoardedContent},
		{Name: "slow heads", Connections: 1000, Most: costOfHead, Run: slowHeads},
		{Name: "98 fields", Connections: 1000, Most: costOfHead, Run: manyFields},
		{Name: "tiny chunks", Connections: 64, Most: costOfHead, Content: true, Run: tinyChunks},
		{Name: "chunk extensions", Connections: 64, Most: costOfHead, Content: true, Run: chunkExtensions},
		{Name: "unread pipelines", Connections: 500, Most: costOfReading, narrow: true, Run: unreadPipelines},
		{Name: "slow readers", Connections: 500, Most: costOfReading, narrow: true, Run: slowReaders},
		{Name: "idle", Connections: 8000, Most: costOfIdle, Quiet: true, Run: idleConnections},
		{Name: "idle, TLS", Connections: 2000, Most: costOfTLS, Quiet: true, Serve: "memory-tls", Run: idleTLS},
		{Name: "idle, PROXY protocol", Connections: 4000, Most: costOfIdle, Quiet: true, Serve: "memory-proxied", from: site.ProxyAddress, Run: idleProxied},
		{Name: "silent streams", Connections: 4000, Most: costOfSilence, Quiet: true, Run: silentStreams},
	}
	for i := range all {
		if all[i].Serve == "" {
			all[i].Serve = "memory"
		}
	}
	return all
}
