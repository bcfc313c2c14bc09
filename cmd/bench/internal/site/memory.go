package site

import "time"

const (
	// CollectPath makes a server collect its garbage and give the memory back.
	CollectPath = "/collect"

	// MemoryContent is MaxContent of the servers whose memory is measured: less than the default, so that an excess
	// shows before the machine runs out of memory.
	MemoryContent = 64 << 20

	// MemoryQueue is MaxQueue of these servers, the default.
	MemoryQueue = 10_000

	// LateTime is how long the handler of /late may take.
	LateTime = 500 * time.Millisecond

	// ProxyAddress is the address whose connections begin with a header of the PROXY protocol.
	ProxyAddress = "127.0.0.9"
)

// Zeros is an endless reader of zeros.
type Zeros struct{}

// Read fills p with zeros.
func (Zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}
