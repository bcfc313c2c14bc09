package main

import (
	"context"
	"math/rand/v2"
	"net"
	"sync"
	"time"
)

// answerBound is how long a client waits for an answer, however much the server has to do.
const answerBound = 10 * time.Second

// A guest is a client of the soak: the server, where its randomness comes from, and where it writes
// down what it saw.
type guest struct {
	addr string
	rand *rand.Rand
	book *ledger
}

// A kind of guests does the same again and again, with pauses up to a length.
type kind struct {
	number int
	pause  time.Duration
	act    func(context.Context, guest)
}

func crowd() []kind {
	return []kind{
		{200, 50 * time.Millisecond, behave},
		{15, time.Second, slowHead},
		{15, time.Second, slowContent},
		{20, 100 * time.Millisecond, slowReading},
		{30, 200 * time.Millisecond, malformed},
		{40, 100 * time.Millisecond, abuse},
	}
}

// crowdSize is how many clients there are at once.
func crowdSize() int {
	size := 0
	for _, k := range crowd() {
		size += k.number
	}
	return size
}

// dial returns nil, and writes that down, if the server cannot be connected to.
func (g guest) dial(what string) net.Conn {
	conn, err := net.DialTimeout("tcp", g.addr, answerBound)
	if err == nil {
		err = conn.SetDeadline(time.Now().Add(answerBound))
	}
	if err != nil {
		g.book.wrong(what, "connecting: %v", err)
		return nil
	}
	return conn
}

// besetBy has all clients be at it for a while, each with numbers of its own that follow from the seed.
func besetBy(ctx context.Context, addr string, seed uint64, book *ledger, lasting time.Duration) {
	ctx, cancel := context.WithTimeout(ctx, lasting)
	defer cancel()
	var clients sync.WaitGroup
	number := uint64(0)
	for _, kind := range crowd() {
		for range kind.number {
			number++
			g := guest{addr, rand.New(rand.NewPCG(seed, number)), book}
			clients.Go(func() {
				for ctx.Err() == nil {
					kind.act(ctx, g)
					rest(ctx, time.Duration(g.rand.Int64N(int64(kind.pause))))
				}
			})
		}
	}
	clients.Wait()
}
