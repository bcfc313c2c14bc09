package transport

import (
	"os"
	"slices"
	"sync"
	"syscall"
	"unsafe"
)

// A Poller tells many sockets when the kernel has something for them, so that a waiting connection costs neither a
// goroutine nor a stack. It is an edge-triggered epoll instance. The runtime's own poller waits for it, so no thread
// is blocked. The workers of a dispatcher take turns in waiting for it.
type Poller struct {
	epoll  int
	file   *os.File
	raw    syscall.RawConn
	events []syscall.EpollEvent
	number int // number of events to deliver

	mu      sync.Mutex
	sockets []*polledSocket // by file descriptor
	serial  int32           // of the last socket added, because a descriptor is soon used again
}

const (
	pollEvents   = 256
	edgeTriggers = uint32(syscall.EPOLLIN | syscall.EPOLLOUT | syscall.EPOLLRDHUP | 1<<31) // 1<<31 is EPOLLET, whose sign differs in syscall
)

// NewPoller makes a Poller. One goroutine at a time must Wait and then Deliver.
func NewPoller() (*Poller, error) {
	epoll, err := syscall.EpollCreate1(syscall.EPOLL_CLOEXEC)
	if err != nil {
		return nil, os.NewSyscallError("epoll_create1", err)
	}
	if err := syscall.SetNonblock(epoll, true); err != nil {
		syscall.Close(epoll)
		return nil, os.NewSyscallError("fcntl", err)
	}
	p := &Poller{
		epoll: epoll, file: os.NewFile(uintptr(epoll), "epoll"), events: make([]syscall.EpollEvent, pollEvents),
	}
	if p.raw, err = p.file.SyscallConn(); err != nil {
		p.file.Close()
		return nil, err
	}
	return p, nil
}

// Wait waits for events, until the poller is closed.
func (p *Poller) Wait() bool {
	return p.raw.Read(func(uintptr) bool { return p.fetch() }) == nil
}

// Look fetches the present events, unless the poller is closed.
func (p *Poller) Look() bool {
	return p.raw.Control(func(uintptr) { p.fetch() }) == nil && p.number > 0
}

func (p *Poller) fetch() bool {
	n, _, errno := syscall.RawSyscall6(syscall.SYS_EPOLL_PWAIT, uintptr(p.epoll), // a timeout of 0: does not wait
		uintptr(unsafe.Pointer(&p.events[0])), uintptr(len(p.events)), 0, 0, 0)
	if p.number = int(n); errno != 0 {
		p.number = 0 // interrupted counts as none
	}
	return p.number > 0
}

// Deliver tells the sockets what happened to them.
func (p *Poller) Deliver() {
	for i := range p.events[:p.number] {
		if s := p.find(&p.events[i]); s != nil {
			s.happened(p.events[i].Events)
		}
	}
}

func (p *Poller) find(event *syscall.EpollEvent) *polledSocket {
	p.mu.Lock()
	defer p.mu.Unlock()
	if int(event.Fd) >= len(p.sockets) {
		return nil
	}
	s := p.sockets[event.Fd]
	if s == nil || s.serial != event.Pad {
		return nil // closed meanwhile, perhaps with another socket in its place
	}
	return s
}

// add makes the poller tell the socket about its events.
func (p *Poller) add(s *polledSocket) error {
	p.mu.Lock()
	if s.fd >= len(p.sockets) {
		p.sockets = slices.Grow(p.sockets, s.fd+1-len(p.sockets))[:s.fd+1]
	}
	p.serial++
	s.serial = p.serial
	p.sockets[s.fd] = s
	p.mu.Unlock()
	event := syscall.EpollEvent{Events: edgeTriggers, Fd: int32(s.fd), Pad: s.serial}
	if err := syscall.EpollCtl(p.epoll, syscall.EPOLL_CTL_ADD, s.fd, &event); err != nil {
		p.remove(s)
		return os.NewSyscallError("epoll_ctl", err)
	}
	return nil
}

// remove must be called before the descriptor is closed, which ends the kernel's part.
func (p *Poller) remove(s *polledSocket) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.sockets[s.fd] = nil
}

// Close ends the waiting. Sockets that are still open get no more events.
func (p *Poller) Close() { p.file.Close() }
