package transport

import (
	"encoding/binary"
	"net"
	"runtime"
	"syscall"
	"time"
	"unsafe"
)

// Closing a listening socket resets the connections in its backlog. It also resets clients that regard themselves as
// connected while the last step of their handshake is on its way. So newcomers are kept out first.

// refuse is Refuse, if only we have the socket. On a Unix socket it is exact: connect fails from now on. On TCP the
// first segment of a newcomer is dropped. The client repeats it after a second, when nobody listens any more, or
// another process does.
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

// settle waits until no handshake is under way at the port. One may just have passed when the filter came, and the
// last one needs a moment to get into the backlog.
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

// handshakePause is the pause before the first look at the handshakes; it doubles with each look.
const handshakePause = time.Millisecond

// withoutSYN is a classic BPF program that drops the segments that begin a connection. It sees a segment from its
// header on (RFC 9293 §3.1).
var withoutSYN = [...]syscall.SockFilter{
	{Code: syscall.BPF_LD | syscall.BPF_B | syscall.BPF_ABS, K: 13},         // the flags
	{Code: syscall.BPF_JMP | syscall.BPF_JSET | syscall.BPF_K, K: 2, Jf: 1}, // SYN
	{Code: syscall.BPF_RET | syscall.BPF_K, K: 0},                           // drop
	{Code: syscall.BPF_RET | syscall.BPF_K, K: 1<<32 - 1},                   // let the whole segment pass
}

// filterSYN hides newcomers from a listening socket. It fails for multipath TCP.
func filterSYN(fd int) error {
	program := syscall.SockFprog{Len: uint16(len(withoutSYN)), Filter: &withoutSYN[0]}
	octets := unsafe.Slice((*byte)(unsafe.Pointer(&program)), unsafe.Sizeof(program))
	err := syscall.SetsockoptString(fd, syscall.SOL_SOCKET, syscall.SO_ATTACH_FILTER, string(octets))
	runtime.KeepAlive(&program)
	return err
}

// handshaking reports whether a handshake is under way at a port, as far as the kernel tells (sock_diag(7)). If it
// does not tell, the result is true.
func handshaking(at *net.TCPAddr) bool {
	fd, err := syscall.Socket(syscall.AF_NETLINK, syscall.SOCK_DGRAM|syscall.SOCK_CLOEXEC, netlinkSockDiag)
	if err != nil {
		return true
	}
	defer syscall.Close(fd)
	return anyHandshake(fd, syscall.AF_INET, at.Port) || at.IP.To4() == nil && anyHandshake(fd, syscall.AF_INET6, at.Port)
}

// anyHandshake asks for sockets of a family in the state SYN-RECEIVED. The kernel walks all connections, which takes
// some milliseconds, and answers with the first of these or the end of the list.
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

const ( // missing in package syscall
	netlinkSockDiag  = 4
	sockDiagByFamily = 20
	synReceived      = 3
)
