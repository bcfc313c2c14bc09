// Package troupe runs Troupe as a rival. No other package of the bench imports package actors.
package troupe

import (
	"net"
)

// Serves holds what it can serve on a listener, by the name for --serve.
var Serves = map[string]func(net.Listener) error{
	"hello":          serveHello,
	"tls":            serveTLS,
	"proxied":        serveProxied,
	"work":           serveWork,
	"fair":           serveFair,
	"slow":           serveSlow,
	"crash":          serveCrash,
	"placements":     servePlacements,
	"handlers":       serveHandlers,
	"poison":         servePoison,
	"memory":         serveMemory,
	"memory-tls":     serveMemoryTLS,
	"memory-proxied": serveMemoryProxied,
	"soak":           serveSoak,
}
