package actors

import (
	"io"
	"net"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/asynkron/protoactor-go/actor"
)

// echoed answers with how much content there was.
func echoed(k *kit) {
	k.serve("/", answering(func(r *Request) *Response { return r.Text(200, strings.Repeat("z", len(r.Body)/kib)) }))
}

// roomFor has a server that holds so much content, and that serves uploads.
func roomFor(k *kit, octets int64) {
	k.configure(func(c *Config) { c.MaxContent, c.MaxConnectionsPerPeer = octets, -1 })
	echoed(k)
}

// begins has a client begin an upload, and send some of it.
func (k *kit) begins(announced, sent int) *peer {
	p := k.dial()
	p.upload("/", announced)
	p.part(sent)
	return p
}

// wantNoUploads wants nothing to be counted when all is over.
func (k *kit) wantNoUploads() {
	k.t.Helper()
	u := &k.server.env.content.uploads
	u.mu.Lock()
	defer u.mu.Unlock()
	if len(u.all) > 0 || u.waits.Load() != 0 || u.leaving != nil {
		k.t.Errorf("want no upload left, got %d, and %d counted as waiting", len(u.all), u.waits.Load())
	}
	if held := k.server.env.content.held.Load(); held != 0 {
		k.t.Errorf("want no content held, got %d", held)
	}
}

func TestANewcomerGetsTheRoomOfTheSlowest(t *testing.T) {
	bubble(t, func(k *kit) {
		roomFor(k, 150*kib)
		slow, fast := k.begins(60*kib, 40*kib), k.begins(60*kib, 40*kib)
		for range 3 {
			k.wait(time.Second)
			fast.part(5 * kib)
		}
		newcomer := k.begins(60*kib, 60*kib)
		slow.want("it was the slowest", "HTTP/1.1 408 Request Timeout\r\n", "more slowly than that of others", "\r\nConnection: close\r\n")
		newcomer.want("there is room", "HTTP/1.1 200")
		fast.part(5 * kib)
		fast.want("it was faster", "HTTP/1.1 200")
		k.wait(0)
		k.wantNoUploads()
	})
}

func TestANewcomerThatIsTheSlowestIs503(t *testing.T) {
	bubble(t, func(k *kit) {
		roomFor(k, 100*kib)
		fast := k.begins(60*kib, 60*kib-1)
		k.wait(time.Second)
		slow := k.begins(60*kib, 1)
		k.wait(2 * time.Second)
		slow.part(60*kib - 1)
		slow.want("it needs room that a faster one has", "HTTP/1.1 503", "\r\nRetry-After: 1\r\n")
		fast.part(1)
		fast.want("it is not touched", "HTTP/1.1 200")
		k.wait(0)
		k.wantNoUploads()
	})
}

func TestTwoThatWaitForRoom(t *testing.T) {
	bubble(t, func(k *kit) {
		roomFor(k, 130*kib)
		slow := []*peer{k.begins(64*kib, 40*kib), k.begins(64*kib, 40*kib)}
		k.wait(2 * time.Second)
		first, second := k.dial(), k.dial()
		for _, p := range []*peer{first, second} {
			p.outgoing <- []byte("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 65536\r\n\r\n" + strings.Repeat("x", 64*kib))
		}
		k.wait(time.Second)
		first.want("one gives way for it", "HTTP/1.1 200")
		second.want("and the room serves the other as well", "HTTP/1.1 200")
		gone := 0
		for _, p := range slow {
			if strings.HasPrefix(p.cut(), "HTTP/1.1 408") {
				gone++
				continue
			}
			p.part(24 * kib)
			p.want("there was no need for it to go", "HTTP/1.1 200")
		}
		if gone == 0 {
			t.Error("want a slow one gone")
		}
		k.wait(0)
		k.wantNoUploads()
	})
}

// stuckUpload begins an upload whose connection waits for its client to take earlier responses: it can give way only
// after that.
func (k *kit) stuckUpload() (p *peer, goOn func()) {
	p = k.dial()
	goOn = p.stall()
	p.send(get) // the answer is the last that it takes
	p.send(get + "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 61440\r\n\r\n" + strings.Repeat("x", 20*kib))
	k.wait(soon)
	return p, goOn
}

func TestAStuckUploadDoesNotKeepOthersFromTheirRoom(t *testing.T) {
	bubble(t, func(k *kit) {
		roomFor(k, 100*kib)
		stuck, goOn := k.stuckUpload()
		slow := k.begins(60*kib, 40*kib)
		k.wait(2 * time.Second)
		newcomer := k.begins(60*kib, 60*kib)
		newcomer.wantIdle("the slowest may still give way")
		slow.wantIdle("it is not the slowest")
		k.wait(giveWayTime + soon)
		slow.want("the slowest has not given way", "HTTP/1.1 408")
		newcomer.want("there is room", "HTTP/1.1 200")
		goOn()
		stuck.want("what it had taken", "HTTP/1.1 200")
		stuck.want("what it takes now", "HTTP/1.1 200")
		stuck.want("it gives way when it can", "HTTP/1.1 408")
		stuck.end()
		k.wait(time.Second)
		k.wantNoUploads()
	})
}

// Room that is made again and again, for others, does not prolong a wait.
func TestAWaitForRoomEndsAfterASecond(t *testing.T) {
	bubble(t, func(k *kit) {
		roomFor(k, 300*kib)
		for range 8 { // that are asked one after the other
			_, goOn := k.stuckUpload()
			defer goOn()
		}
		k.wait(2 * time.Second)
		begun, newcomer := time.Now(), k.begins(340*kib, 340*kib)
		for time.Since(begun) < roomPatience-50*time.Millisecond {
			newcomer.wantIdle("it waits")
			small := k.begins(17*kib, 17*kib)
			k.wait(soon)
			small.want("there is room for a small one", "HTTP/1.1 200")
			small.end()
			k.wait(30 * time.Millisecond)
		}
		newcomer.wantIdle("it waits")
		k.wait(roomPatience - time.Since(begun) + soon)
		newcomer.want("it has waited for a second", "HTTP/1.1 503", "\r\nRetry-After: 1\r\n", "\r\nConnection: close\r\n")
	})
}

func TestOneThatWaitsForRoomMayLeave(t *testing.T) {
	bubble(t, func(k *kit) {
		roomFor(k, 150*kib)
		stuck, goOn := k.stuckUpload()
		k.wait(2 * time.Second)
		waits := k.begins(140*kib, 140*kib)
		waits.wantIdle("it waits for room")
		waits.conn.Close()
		k.wait(2 * roomPatience)
		served := k.begins(60*kib, 60*kib)
		served.want("it holds nothing any more", "HTTP/1.1 200")
		goOn()
		k.wait(time.Minute)
		stuck.end()
		k.wait(time.Second)
		k.wantNoUploads()
	})
}

// Unused content is room as well: no upload gives way before the garbage collector has looked.
func TestGarbageIsRoom(t *testing.T) {
	kept := make(chan *Request, 1)
	server := NewServer(Config{Logger: noLog, MaxContent: 150 * kib})
	handle(server, "/kept", actorOf(func(ctx actor.Context) {
		if r, ok := ctx.Message().(*Request); ok {
			kept <- r
		}
	}))
	handle(server, "/", answering(func(r *Request) *Response { return r.Text(200, "") }))
	address := overTCP(t, server, (*Server).Serve)
	begin := func(target string, announced, sent int) *net.TCPConn {
		conn := dialTCP(t, address)
		io.WriteString(conn, "POST "+target+" HTTP/1.1\r\nHost: a\r\nContent-Length: "+strconv.Itoa(announced)+"\r\n\r\n"+strings.Repeat("x", sent))
		return conn
	}
	gone := begin("/kept", 60*kib, 60*kib)
	r := <-kept
	gone.SetLinger(0)
	gone.Close()
	for r.isOpen() || server.env.content.forgotten.Load() == 0 {
		time.Sleep(time.Millisecond)
	}
	r = nil
	slow := begin("/", 60*kib, 60*kib-1)
	time.Sleep(uploadAge + 100*time.Millisecond)
	newcomer := begin("/", 60*kib, 60*kib)
	wantStatus(t, "there is garbage enough", newcomer, "200")
	io.WriteString(slow, "x")
	wantStatus(t, "nobody has to give way", slow, "200")
}

// wantStatus wants a response with that status.
func wantStatus(t *testing.T, why string, conn net.Conn, status string) {
	t.Helper()
	conn.SetReadDeadline(time.Now().Add(patience))
	begin := make([]byte, len("HTTP/1.1 200"))
	if _, err := io.ReadFull(conn, begin); err != nil || !strings.HasSuffix(string(begin), status) {
		t.Errorf("%s: want %s, got %q (%v)", why, status, begin, err)
	}
}

// Many uploads that send next to nothing do not keep others from being served, whatever they sent before.
func TestTricklingUploadsDoNotKeepOthersOut(t *testing.T) {
	bubble(t, func(k *kit) {
		roomFor(k, 4<<20)
		var trickling []*peer
		for range 145 {
			trickling = append(trickling, k.begins(900*kib, 20*kib))
		}
		for range 10 {
			k.wait(time.Second)
			for _, p := range trickling {
				p.outgoing <- []byte(strings.Repeat("x", 1000))
			}
			for range 5 {
				honest := k.begins(100*kib, 100*kib)
				k.wait(100 * time.Millisecond)
				honest.want("it is fast", "HTTP/1.1 200")
				honest.end()
			}
		}
		alive := 0
		for _, p := range trickling {
			if p.cut() == "" {
				alive++
			}
		}
		if alive < 100 {
			t.Errorf("want those left alone that need not go, got %d of %d left", alive, len(trickling))
		}
		for _, p := range trickling {
			p.conn.Close()
		}
		k.wait(time.Minute)
		k.wantNoUploads()
	})
}

// Reserved room counts before its octets have come: never more than was announced, nor much more than has come.
func TestTheRoomThatIsMadeCounts(t *testing.T) {
	for _, test := range []struct{ announced, sent int }{
		{1024 * kib, 1}, {1024 * kib, 10 * kib}, {1024 * kib, 200 * kib}, {64 * kib, 20 * kib}, {64 * kib, 64*kib - 1},
	} {
		bubble(t, func(k *kit) {
			roomFor(k, 2048*kib)
			p := k.begins(test.announced, test.sent)
			k.wait(0)
			least, most := int64(test.sent), min(int64(test.announced), int64(roomGrowth(test.sent, test.announced)*test.sent))
			if held := k.server.env.content.held.Load(); held > most || held < least && least > freeContent {
				t.Errorf("%d of %d octets have come: want %d to %d counted, got %d", test.sent, test.announced, least, most, held)
			}
			p.part(test.announced - test.sent)
			p.want("there is room for all", "HTTP/1.1 200")
			k.wait(0)
			k.wantNoUploads()
		})
	}
}
