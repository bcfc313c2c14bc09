package guests

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"strings"

	"github.com/troupe-go/troupe/cmd/bench/internal/site"
	"github.com/troupe-go/troupe/cmd/bench/load"
)

// A mistake is a request that must be refused.
type mistake struct {
	request string
	status  int
}

// mistakes returns those of docs/reference/errors.md, and some smuggled requests.
func mistakes() []mistake {
	const post = "POST /echo HTTP/1.1\r\nHost: a\r\n"
	return []mistake{
		{"GET /static HTTP/1.1\nHost: a\n\n", 400},
		{"GET /static\r\n\r\n", 400},
		{"GET  /static HTTP/1.1\r\nHost: a\r\n\r\n", 400},
		{"G@T /static HTTP/1.1\r\nHost: a\r\n\r\n", 400},
		{"GET static HTTP/1.1\r\nHost: a\r\n\r\n", 400},
		{"GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n", 400},
		{"GET /" + strings.Repeat("long", 20_000) + " HTTP/1.1\r\nHost: a\r\n\r\n", 414},
		{"GET /static HTTP/1,1\r\nHost: a\r\n\r\n", 400},
		{"GET /static HTTP/2.0\r\nHost: a\r\n\r\n", 505},
		{"GET /static HTTP/1.1\r\n\r\n", 400},
		{"GET /static HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400},
		{"GET /static HTTP/1.1\r\nHost : a\r\n\r\n", 400},
		{"GET /static HTTP/1.1\r\nHost: a\r\n folded\r\n\r\n", 400},
		{"GET /static HTTP/1.1\r\nHost: a\r\nX: \x00\r\n\r\n", 400},
		{"GET /static HTTP/1.1\r\nHost: a\r\nno colon\r\n\r\n", 400},
		{"GET /static HTTP/1.1\r\nHost: a\r\n" + strings.Repeat("X: y\r\n", 2000) + "\r\n", 431},
		{"GET /static HTTP/1.1\r\nHost: a\r\nExpect: a miracle\r\n\r\n", 417},
		{post + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
		{post + "Content-Length: 3\r\nContent-Length: 4\r\n\r\nabc", 400},
		{post + "Content-Length: +3\r\n\r\nabc", 400},
		{post + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501},
		{post + "Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n", 400},
		{post + "Transfer-Encoding: chunked\r\n\r\nzz\r\n", 400},
		{post + "Transfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n0\r\n\r\n", 400},
		{"POST /echo HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
	}
}

// malformed sends a wrong request, sometimes after a right one, and expects it to be refused, and nothing after it to
// be answered.
func malformed(_ context.Context, g guest) {
	m := mistakes()[g.rand.IntN(len(mistakes()))]
	conn := g.dial("malformed request")
	if conn == nil {
		return
	}
	defer conn.Close()
	reader := bufio.NewReader(conn)
	before := ""
	if g.rand.IntN(2) == 0 {
		before = string(load.Get("/static"))
	}
	// The server refuses it before it has read all, so writing may fail.
	_, _ = io.WriteString(conn, before+m.request+string(load.Get("/static")))
	if before != "" {
		q := question{what: "before a malformed request", method: http.MethodGet, statuses: onlyServed, body: site.SoakStatic}
		if !g.hear(reader, q, nil) {
			return
		}
	}
	g.refused(conn, reader, "malformed request", m.status)
}
