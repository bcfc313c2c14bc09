//go:build 386 || arm || mips || mipsle

package actors

// Proto.Actor cannot run where an int has 32 bits: it panics as soon as an actor system is made. So a
// program for such a platform does not compile, and the name that the compiler complains of says why.
var _ = Troupe_needs_a_64_bit_platform_because_Proto_Actor_panics_on_32_bits__try_GOARCH_amd64_or_arm64
