package load

import (
	"bufio"
	"net"
	"net/http"
	"testing"
	"time"
)

const (
	okResponse   = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
	shedResponse = "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n"
)

// answering listens on an address and answers every request with the same octets; with none it is
// silent.
func answering(t *testing.T, response string) (addr string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				for reader := bufio.NewReader(conn); ; {
					if _, err := http.ReadRequest(reader); err != nil {
						return
					}
					_, _ = conn.Write([]byte(response)) // the client may have gone
				}
			}()
		}
	}()
	return listener.Addr().String()
}

func TestVisits(t *testing.T) {
	for _, c := range []struct {
		name, response string
		want           answer
	}{
		{"served", okResponse, answer{outcome: served, kept: true}},
		{"shed", shedResponse, answer{outcome: shed, kept: true, retryAfter: true}},
		{"shed abruptly", "HTTP/1.1 503 No\r\nConnection: close\r\nContent-Length: 0\r\n\r\n", answer{outcome: shed}},
		{"another status", "HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n", answer{outcome: failed, kept: true}},
		{"not HTTP", "220 ready\r\n\r\n", answer{outcome: failed}},
		{"silence", "", answer{outcome: failed}},
	} {
		t.Run(c.name, func(t *testing.T) {
			v := &Visitor{Addr: answering(t, c.response), request: Get("/"), patience: time.Minute}
			defer v.Close()
			if c.response == "" {
				v.patience = 200 * time.Millisecond // only silence has to wear it out
			}
			start := time.Now()
			for range 2 {
				got := v.visit(t.Context(), time.Now())
				got.took = 0
				if got != c.want {
					t.Fatalf("got %+v, want %+v", got, c.want)
				}
				if (v.conn != nil) != c.want.kept {
					t.Errorf("the connection is there: %t, want %t", v.conn != nil, c.want.kept)
				}
			}
			if c.response == "" && time.Since(start) > 5*time.Second {
				t.Errorf("two visits took %s, against all patience", time.Since(start))
			}
		})
	}
}

func TestAVisitCountsFromWhenItWasDue(t *testing.T) {
	v := &Visitor{Addr: answering(t, okResponse), request: Get("/"), patience: time.Minute}
	defer v.Close()
	if got := v.visit(t.Context(), time.Now().Add(-time.Second)); got.outcome != served || got.took < time.Second {
		t.Errorf("got %+v, want it served, and late by a second", got)
	}
}

func TestAVisitorHasTheAddressThatItWasGiven(t *testing.T) {
	const address = "127.0.0.2"
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	v := &Visitor{Addr: listener.Addr().String(), from: address}
	if err := v.connect(t.Context(), time.Now().Add(time.Second)); err != nil {
		t.Fatal(err)
	}
	defer v.Close()
	if got := v.conn.LocalAddr().(*net.TCPAddr).IP.String(); got != address {
		t.Errorf("it comes from %s, want %s", got, address)
	}
}
