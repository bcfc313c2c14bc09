package site

import "time"

const (
	// CollectPath has a server collect its garbage and give the memory back.
	CollectPath = "/collect"

	// MemoryContent is MaxContent of the servers whose memory is measured: less than the default, so
	// that what is above it shows before the machine has no memory left.
	MemoryContent = 64 << 20

	// MemoryQueue is MaxQueue of these servers, the default.
	MemoryQueue = 10_000

	// LateTime is how long the handler of /late may take.
	LateTime = 500 * time.Millisecond

	// ProxyAddress is whose connections begin with a header of the PROXY protocol.
	ProxyAddress = "127.0.0.9"
)

// Zeros reads as octets of 0 without an end.
type Zeros struct{}

// Read fills p with zeros.
func (Zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}
