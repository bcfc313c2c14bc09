// Package strictness has tests alone: they compare what Troupe takes for a request with what net/http and
// fasthttp take, and with the page on strictness.
package strictness
