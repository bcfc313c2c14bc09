package main

import (
	"fmt"
	"net"
	"os"
	"strconv"
)

// firstInherited is the descriptor of the first listener that systemd passes (sd_listen_fds(3)).
const firstInherited = 3

// inherit takes over the listeners that the parent process left for this one, as systemd does: LISTEN_FDS of them, if
// LISTEN_PID is ours. It clears the variables, so that no child takes the listeners for its own.
func inherit(environ variables) (listeners []net.Listener, err error) {
	pid, fds := environ.get("LISTEN_PID"), environ.get("LISTEN_FDS")
	if pid != strconv.Itoa(os.Getpid()) || fds == "" {
		return nil, nil
	}
	for _, name := range []string{"LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES", "LISTEN_PIDFDID"} {
		os.Unsetenv(name)
	}
	number, err := strconv.ParseUint(fds, 10, 16)
	if err != nil {
		return nil, fmt.Errorf("LISTEN_FDS: %q is no number of descriptors", fds)
	}
	for fd := firstInherited; fd < firstInherited+int(number); fd++ {
		on, err := inheritOne(fd)
		if err != nil {
			closeAll(listeners)
			return nil, err
		}
		listeners = append(listeners, on)
	}
	return listeners, nil
}

func inheritOne(fd int) (net.Listener, error) {
	file := os.NewFile(uintptr(fd), "LISTEN_FD_"+strconv.Itoa(fd))
	defer file.Close() // the listener has a descriptor of its own
	on, err := net.FileListener(file)
	if err != nil {
		return nil, fmt.Errorf("descriptor %d of LISTEN_FDS: %w", fd, err)
	}
	if !listens(file) {
		on.Close()
		return nil, fmt.Errorf("descriptor %d of LISTEN_FDS: the socket at %v does not listen (with systemd, Accept= must be no)", fd, on.Addr())
	}
	return on, nil
}

func closeAll(listeners []net.Listener) {
	for _, on := range listeners {
		on.Close()
	}
}
