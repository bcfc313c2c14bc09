package machine

import (
	"fmt"
	"syscall"
)

// spareDescriptors is how many descriptors are for everything except the connections.
const spareDescriptors = 256

// RaiseDescriptorLimit makes room for count connections, in this process and in the servers, which inherit the limit.
func RaiseDescriptorLimit(count int) error {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		return err
	}
	limit.Cur = limit.Max
	if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		return fmt.Errorf("raising the limit of file descriptors: %w", err)
	}
	if uint64(count)+spareDescriptors > limit.Cur {
		return fmt.Errorf("%d connections need %d file descriptors, and the limit is %d",
			count, count+spareDescriptors, limit.Cur)
	}
	return nil
}
