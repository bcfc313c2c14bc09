package transport

import "syscall"

// configureTCP does as package net: small responses leave at once, and a client that was cut off is found
// within some minutes.
func configureTCP(fd int) {
	syscall.SetsockoptInt(fd, syscall.IPPROTO_TCP, syscall.TCP_NODELAY, 1)
	syscall.SetsockoptInt(fd, syscall.SOL_SOCKET, syscall.SO_KEEPALIVE, 1)
	syscall.SetsockoptInt(fd, syscall.IPPROTO_TCP, syscall.TCP_KEEPIDLE, 15)  // seconds
	syscall.SetsockoptInt(fd, syscall.IPPROTO_TCP, syscall.TCP_KEEPINTVL, 15) // seconds
	syscall.SetsockoptInt(fd, syscall.IPPROTO_TCP, syscall.TCP_KEEPCNT, 9)
	limitUnsent(fd)
}

// limitUnsent has the kernel take no more than it can soon send. Otherwise each client that reads slowly
// costs it up to 4 MiB (tcp_wmem), and some thousand of them all the memory that it has for TCP.
func limitUnsent(fd int) {
	syscall.SetsockoptInt(fd, syscall.IPPROTO_TCP, notSentLowAt, mostNotSent)
}

const (
	notSentLowAt = 25        // TCP_NOTSENT_LOWAT, which package syscall lacks
	mostNotSent  = 128 << 10 // octets
)
