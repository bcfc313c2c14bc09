package guests

import (
	"bufio"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/troupe-go/troupe/cmd/bench/soak/ledger"
)

// answerBound is how long a client waits for an answer, however busy the server is.
const answerBound = 10 * time.Second

// A guest is a client of the soak: the server, its source of randomness, and where it records what it saw.
type guest struct {
	addr string
	rand *rand.Rand
	book *ledger.Ledger
}

// dial returns nil, and records that, if the server does not accept the connection.
func (g guest) dial(what string) net.Conn {
	conn, err := net.DialTimeout("tcp", g.addr, answerBound)
	if err == nil {
		err = conn.SetDeadline(time.Now().Add(answerBound))
	}
	if err != nil {
		g.book.Wrong(what, "connecting: %v", err)
		return nil
	}
	return conn
}

// refused reads an answer that must have this status, and the end of the connection after it.
func (g guest) refused(conn net.Conn, reader *bufio.Reader, what string, status int) {
	_ = conn.SetDeadline(time.Now().Add(answerBound))
	response, err := http.ReadResponse(reader, nil)
	if err != nil {
		g.book.Wrong(what, "no answer: %v", err)
		return
	}
	_, err = io.Copy(io.Discard, response.Body)
	switch {
	case err != nil:
		g.book.Wrong(what, "the content is cut short: %v", err)
		return
	case response.StatusCode != status:
		g.book.Wrong(what, "the status is %d, not %d", response.StatusCode, status)
		return
	case !response.Close:
		g.book.Wrong(what, "a %d does not say that the connection closes", status)
		return
	}
	if _, err := reader.ReadByte(); err == nil || errors.Is(err, os.ErrDeadlineExceeded) {
		g.book.Wrong(what, "the connection goes on after a %d", status)
		return
	}
	g.book.Right(what, status)
}
