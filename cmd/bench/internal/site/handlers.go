package site

import (
	"os"
	"path/filepath"
)

// The routes that compare what comes with package handlers.
const (
	FilesPath   = "/files/"
	SmallFile   = "small.bin"
	LargeFile   = "large.bin"
	AdapterPath = "/adapter"  // a handler of net/http
	ProxiedPath = "/proxied/" // passed on to the server at UpstreamVariable
	EventsPath  = "/events"   // GET listens, POST publishes its content
	HeapPath    = "/heap"     // the octets in use, after the garbage is collected
)

// Sizes of the files, in octets.
const (
	SmallSize = 1 << 10
	LargeSize = 100 << 20
)

// UpstreamVariable is the environment variable with the URL of the server behind ProxiedPath.
const UpstreamVariable = "TROUPE_BENCH_UPSTREAM"

// WriteFiles writes the files into a directory. The large one takes no room on the disk.
func WriteFiles(dir string) error {
	if err := os.WriteFile(filepath.Join(dir, SmallFile), make([]byte, SmallSize), 0o644); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, LargeFile), nil, 0o644); err != nil {
		return err
	}
	return os.Truncate(filepath.Join(dir, LargeFile), LargeSize)
}
