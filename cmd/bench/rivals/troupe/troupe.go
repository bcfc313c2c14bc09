// Package troupe is Troupe, as a rival. No other package of the bench knows package actors.
package troupe

import (
	"net"
)

// Serves holds what it can serve on a listener, by the name that --serve has.
var Serves = map[string]func(net.Listener) error{
	"hello":          serveHello,
	"tls":            serveTLS,
	"proxied":        serveProxied,
	"work":           serveWork,
	"fair":           serveFair,
	"slow":           serveSlow,
	"crash":          serveCrash,
	"placements":     servePlacements,
	"poison":         servePoison,
	"memory":         serveMemory,
	"memory-tls":     serveMemoryTLS,
	"memory-proxied": serveMemoryProxied,
	"soak":           serveSoak,
}
