package site

// The route that sends content back.
const (
	EchoPath = "/echo"
	EchoType = "application/octet-stream"

	// MaxEcho is the most octets that are echoed: the least of the rivals' limits, that of fasthttp.
	MaxEcho = 4 << 20
)
