package actors

import (
	"syscall"
	"unsafe"
)

// readNow and writeNow never wait: the descriptors are non-blocking. So the scheduler is not told
// of them, as package syscall would: its bookkeeping, and the watching of processors that might be
// held up in the kernel, cost more than the call's own entry.

func readNow(fd int, octets []byte) (int, error) { return now(syscall.SYS_READ, fd, octets) }

func writeNow(fd int, octets []byte) (int, error) { return now(syscall.SYS_WRITE, fd, octets) }

// unacknowledged is how many octets the kernel holds that the client has not taken yet.
func unacknowledged(fd int) (octets int32) {
	syscall.RawSyscall(syscall.SYS_IOCTL, uintptr(fd), syscall.TIOCOUTQ, uintptr(unsafe.Pointer(&octets)))
	return octets
}

func now(call uintptr, fd int, octets []byte) (int, error) {
	for {
		n, _, errno := syscall.RawSyscall(call, uintptr(fd), uintptr(unsafe.Pointer(unsafe.SliceData(octets))), uintptr(len(octets)))
		switch errno {
		case 0:
			return int(n), nil
		case syscall.EINTR:
		default:
			return 0, errno
		}
	}
}
