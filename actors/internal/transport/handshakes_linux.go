package transport

import (
	"encoding/binary"
	"net"
	"runtime"
	"syscall"
	"time"
	"unsafe"
)

// Closing a socket that listens resets those in its backlog, and those that believe to be connected while
// the last step of their handshake is on its way. So newcomers are kept out first.

// refuse does what Refuse says, if the socket is ours alone. On a Unix socket that is exact: connect fails
// from now on. Over TCP the first segment of a newcomer is not heard, which it repeats after a second: then
// nobody listens, or somebody else does.
func (l *kernelListener) refuse() (some bool) {
	switch on := l.Listener.(type) {
	case *UnixListener:
		on.refuse()
		if on.alone() {
			l.raw.Control(func(fd uintptr) { syscall.Shutdown(int(fd), syscall.SHUT_RD) })
		}
	case *TCPListener:
		if on.alone() {
			l.raw.Control(func(fd uintptr) { some = filterSYN(int(fd)) == nil })
		}
	}
	return some
}

// settle waits until no handshake is under way at a port. One may have passed the filter at the moment when
// that came, and the last one takes a moment to get from there into the backlog.
func (l *kernelListener) settle(grace time.Duration) {
	on, until := l.Addr().(*net.TCPAddr), time.Now().Add(grace)
	for pause := handshakePause; ; pause *= 2 {
		time.Sleep(min(pause, time.Until(until)))
		if !time.Now().Before(until) || !handshaking(on) {
			break
		}
	}
	time.Sleep(handshakePause)
}

// handshakePause is the pause before the first look at the handshakes; it doubles with each.
const handshakePause = time.Millisecond

// withoutSYN is a program of classic BPF that drops the segments with which a connection begins. It sees a
// segment from its header on (RFC 9293 §3.1).
var withoutSYN = [...]syscall.SockFilter{
	{Code: syscall.BPF_LD | syscall.BPF_B | syscall.BPF_ABS, K: 13},         // the flags
	{Code: syscall.BPF_JMP | syscall.BPF_JSET | syscall.BPF_K, K: 2, Jf: 1}, // SYN
	{Code: syscall.BPF_RET | syscall.BPF_K, K: 0},                           // drop
	{Code: syscall.BPF_RET | syscall.BPF_K, K: 1<<32 - 1},                   // let all of it pass
}

// filterSYN has a socket that listens hear of no newcomers any more. It fails on one for multipath TCP.
func filterSYN(fd int) error {
	program := syscall.SockFprog{Len: uint16(len(withoutSYN)), Filter: &withoutSYN[0]}
	octets := unsafe.Slice((*byte)(unsafe.Pointer(&program)), unsafe.Sizeof(program))
	err := syscall.SetsockoptString(fd, syscall.SOL_SOCKET, syscall.SO_ATTACH_FILTER, string(octets))
	runtime.KeepAlive(&program)
	return err
}

// handshaking reports whether a handshake is under way at a port, as far as the kernel tells
// (sock_diag(7)); if it does not, there may be one.
func handshaking(at *net.TCPAddr) bool {
	fd, err := syscall.Socket(syscall.AF_NETLINK, syscall.SOCK_DGRAM|syscall.SOCK_CLOEXEC, netlinkSockDiag)
	if err != nil {
		return true
	}
	defer syscall.Close(fd)
	return anyHandshake(fd, syscall.AF_INET, at.Port) || at.IP.To4() == nil && anyHandshake(fd, syscall.AF_INET6, at.Port)
}

// anyHandshake asks for the sockets of a family in the state SYN-RECEIVED. The kernel walks all
// connections, which takes it some milliseconds, and answers with the first of them or the end of the list.
func anyHandshake(fd int, family byte, port int) bool {
	answer := make([]byte, 8<<10)
	if err := syscall.Sendto(fd, handshakesAt(family, port), 0, &syscall.SockaddrNetlink{Family: syscall.AF_NETLINK}); err != nil {
		return true
	}
	n, _, err := syscall.Recvfrom(fd, answer, syscall.MSG_DONTWAIT)
	if err != nil || n < syscall.NLMSG_HDRLEN {
		return true
	}
	return binary.NativeEndian.Uint16(answer[4:]) != syscall.NLMSG_DONE
}

// handshakesAt is a request of type inet_diag_req_v2, after the header of a netlink message.
func handshakesAt(family byte, port int) []byte {
	const size = syscall.NLMSG_HDRLEN + 56
	request := make([]byte, size)
	binary.NativeEndian.PutUint32(request, size)
	binary.NativeEndian.PutUint16(request[4:], sockDiagByFamily)
	binary.NativeEndian.PutUint16(request[6:], syscall.NLM_F_REQUEST|syscall.NLM_F_DUMP)
	question := request[syscall.NLMSG_HDRLEN:]
	question[0], question[1] = family, syscall.IPPROTO_TCP
	binary.NativeEndian.PutUint32(question[4:], 1<<synReceived)
	binary.BigEndian.PutUint16(question[8:], uint16(port))
	return request
}

const ( // which package syscall lacks
	netlinkSockDiag  = 4
	sockDiagByFamily = 20
	synReceived      = 3
)
