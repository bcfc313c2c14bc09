package guests

import (
	"bufio"
	"context"
	"errors"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/troupe-go/troupe/cmd/bench/internal/machine"
)

// strayTime is how long a client that has all its answers waits for a surplus one.
const strayTime = 20 * time.Millisecond

// behave is a good client: it asks over one connection for a while, sometimes several questions in one write, and
// checks every answer.
func behave(ctx context.Context, g guest) {
	conn := g.dial("connection")
	if conn == nil {
		return
	}
	defer conn.Close()
	reader := bufio.NewReader(conn)
	number := 0
	for range 1 + g.rand.IntN(40) {
		if ctx.Err() != nil {
			break
		}
		questions := []question{ask(g.rand)}
		if g.rand.IntN(4) == 0 {
			for range 1 + g.rand.IntN(7) {
				questions = append(questions, ask(g.rand))
			}
		}
		if !g.converse(conn, reader, questions, &number) {
			return
		}
		machine.Rest(ctx, time.Duration(g.rand.Int64N(int64(100*time.Millisecond))))
	}
	g.lookForStray(conn, reader)
}

// converse asks the questions, pipelined, and reports whether the connection can go on.
func (g guest) converse(conn net.Conn, reader *bufio.Reader, questions []question, number *int) bool {
	if err := conn.SetDeadline(time.Now().Add(answerBound)); err != nil {
		g.book.Wrong("connection", "%v", err)
		return false
	}
	var requests []byte
	for _, q := range questions {
		requests = append(requests, q.request...)
	}
	written := make(chan struct{})
	go func() {
		defer close(written)
		_, _ = conn.Write(requests) // a failure shows in the answers
	}()
	good := true
	for _, q := range questions {
		if good = g.hear(reader, q, number); !good {
			conn.Close() // which also ends the writing
			break
		}
	}
	<-written
	return good
}

// hear reads the answer to one question.
func (g guest) hear(reader *bufio.Reader, q question, number *int) bool {
	response, err := http.ReadResponse(reader, &http.Request{Method: q.method})
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded):
		g.book.Wrong(q.what, "no answer within %s", answerBound)
		return false
	case err != nil:
		g.book.Wrong(q.what, "no answer: %v", err)
		return false
	}
	if err := q.judge(response, number); err != nil {
		g.book.Wrong(q.what, "%v", err)
		return false
	}
	g.book.Right(q.what, response.StatusCode)
	return true
}

// lookForStray makes sure that nothing follows the last answer.
func (g guest) lookForStray(conn net.Conn, reader *bufio.Reader) {
	if err := conn.SetDeadline(time.Now().Add(strayTime)); err != nil {
		g.book.Wrong("connection", "%v", err)
		return
	}
	if _, err := reader.ReadByte(); !errors.Is(err, os.ErrDeadlineExceeded) {
		rest, _ := reader.Peek(reader.Buffered())
		g.book.Wrong("connection", "it is not silent after all answers: %v, %.60q", err, rest)
	}
}
