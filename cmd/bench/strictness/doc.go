// Package strictness has only tests: they compare the requests that Troupe accepts with those that net/http and
// fasthttp accept, and with the page on strictness.
package strictness
