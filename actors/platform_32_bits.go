//go:build 386 || arm || mips || mipsle

package actors

// Proto.Actor panics on platforms with a 32-bit int as soon as an actor system is made. So a program for such a
// platform must not compile; the undefined name in the compiler's error says why.
var _ = Troupe_needs_a_64_bit_platform_because_Proto_Actor_panics_on_32_bits__try_GOARCH_amd64_or_arm64
