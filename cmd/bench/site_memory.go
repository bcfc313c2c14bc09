package main

import "time"

const (
	// collectPath has a server collect its garbage and give the memory back.
	collectPath = "/collect"

	// memoryContent is MaxContent of the servers whose memory is measured: less than the default, so
	// that what is above it shows before the machine has no memory left.
	memoryContent = 64 << 20

	// memoryQueue is MaxQueue of these servers, the default.
	memoryQueue = 10_000

	// lateTime is how long the handler of /late may take.
	lateTime = 500 * time.Millisecond

	// proxyAddress is whose connections begin with a header of the PROXY protocol.
	proxyAddress = "127.0.0.9"
)

// zeros reads as octets of 0 without an end.
type zeros struct{}

// Read fills p with zeros.
func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}
