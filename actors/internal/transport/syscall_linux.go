package transport

import (
	"syscall"
	"unsafe"
)

// readNow and writeNow never wait, because the descriptors are non-blocking. So they do not tell the scheduler, as
// package syscall does: its bookkeeping, and its watch over processors that may block in the kernel, cost more than
// entering the call.

func readNow(fd int, octets []byte) (int, error) { return now(syscall.SYS_READ, fd, octets) }

func writeNow(fd int, octets []byte) (int, error) {
	if len(octets) > quickWrite {
		n, err := syscall.Write(fd, octets) // takes a while: the scheduler must know
		for err == syscall.EINTR {
			n, err = syscall.Write(fd, octets)
		}
		return max(n, 0), err
	}
	return now(syscall.SYS_WRITE, fd, octets)
}

// quickWrite is how many octets can be copied in about the time of that bookkeeping.
const quickWrite = 16 << 10

// unacknowledged is how many octets in the kernel the client has not taken yet.
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
