package transport

import "syscall"

// configureTCP sets what package net sets: small responses leave at once, and a client that was cut off is noticed
// within some minutes.
func configureTCP(fd int) {
	syscall.SetsockoptInt(fd, syscall.IPPROTO_TCP, syscall.TCP_NODELAY, 1)
	syscall.SetsockoptInt(fd, syscall.SOL_SOCKET, syscall.SO_KEEPALIVE, 1)
	syscall.SetsockoptInt(fd, syscall.IPPROTO_TCP, syscall.TCP_KEEPIDLE, 15)  // seconds
	syscall.SetsockoptInt(fd, syscall.IPPROTO_TCP, syscall.TCP_KEEPINTVL, 15) // seconds
	syscall.SetsockoptInt(fd, syscall.IPPROTO_TCP, syscall.TCP_KEEPCNT, 9)
	limitUnsent(fd)
}

// limitUnsent makes the kernel accept no more than it can soon send. Otherwise each slow reader costs up to 4 MiB
// (tcp_wmem), and some thousands of them use up all of the kernel's memory for TCP.
func limitUnsent(fd int) {
	syscall.SetsockoptInt(fd, syscall.IPPROTO_TCP, notSentLowAt, mostNotSent)
}

const (
	notSentLowAt = 25        // TCP_NOTSENT_LOWAT, missing in package syscall
	mostNotSent  = 128 << 10 // octets
)
