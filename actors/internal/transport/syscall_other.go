//go:build !linux

package transport

// unacknowledged is not known on this system.
func unacknowledged(int) int32 { return 0 }

// limitUnsent does nothing: the kernel's own limits are smaller elsewhere.
func limitUnsent(int) {}
