package main

import (
	"bufio"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

// Streams through the built program, over real TCP.

// maxResident is the most memory that the program may have had, whatever was streamed.
const maxResident = 64 << 20

// A streaming is a running program.
type streaming struct {
	t       *testing.T
	address string
	pid     int
}

// startStreaming builds the program, without the race detector and its memory, and starts it.
func startStreaming(t *testing.T) *streaming {
	t.Helper()
	if testing.Short() {
		t.Skip("it builds the program")
	}
	binary := filepath.Join(t.TempDir(), "troupe.exe")
	if output, err := exec.Command("go", "build", "-o", binary, ".").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, output)
	}
	command := exec.Command(binary, "--demo", "--addr", "127.0.0.1:0", "--log-level", "warn")
	log := new(strings.Builder)
	command.Stderr = log
	stdout, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		command.Process.Kill()
		command.Wait()
		if t.Failed() {
			t.Logf("the log:\n%s", log)
		}
	})
	line, err := bufio.NewReader(stdout).ReadString('\n')
	_, address, found := strings.Cut(strings.TrimSpace(line), "http://")
	if !found {
		t.Fatalf("want the address of the server, got %q (%v)", line, err)
	}
	return &streaming{t, address, command.Process.Pid}
}

// wantBounded wants the program to have kept its memory. Only Linux says how much it was.
func (s *streaming) wantBounded(why string) {
	s.t.Helper()
	if runtime.GOOS != "linux" {
		return
	}
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.pid))
	if err != nil {
		s.t.Fatal(err)
	}
	_, peak, _ := strings.Cut(string(status), "VmHWM:")
	kib := 0
	if _, err := fmt.Sscan(peak, &kib); err != nil {
		s.t.Fatalf("want VmHWM in the status of the process, got %q", status)
	}
	s.t.Logf("%s: at most %.1f MiB", why, float64(kib)/1024)
	if kib<<10 > maxResident {
		s.t.Errorf("%s: %d MiB of resident memory, want at most %d", why, kib>>10, maxResident>>20)
	}
}

// contentSize is how much goes through a stream.
func contentSize() int64 {
	if os.Getenv("TROUPE_LONG") == "1" {
		return 1 << 30
	}
	return 256 << 20
}

// patientClient is a stock client with a connection of its own, and time for all of a stream.
func patientClient(t *testing.T) *http.Client {
	transport := &http.Transport{WriteBufferSize: 64 << 10, ReadBufferSize: 64 << 10}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport, Timeout: 5 * time.Minute}
}

func TestStreamBothWaysInBoundedMemory(t *testing.T) {
	s, n := startStreaming(t), contentSize()
	for _, test := range []struct {
		why    string
		length int64
	}{{"chunked", -1}, {"of a known length", n}} {
		sent, got := sha256.New(), sha256.New()
		content := io.LimitReader(rand.NewChaCha8([32]byte{1}), n)
		request, err := http.NewRequest("POST", "http://"+s.address+"/demo/stream", io.TeeReader(content, sent))
		if err != nil {
			t.Fatal(err)
		}
		request.ContentLength = test.length
		response, err := patientClient(t).Do(request)
		if err != nil {
			t.Fatalf("%s: %v", test.why, err)
		}
		echoed, err := io.Copy(got, response.Body)
		response.Body.Close()
		if err != nil || response.StatusCode != 200 || echoed != n || response.ContentLength != test.length {
			t.Errorf("%s: want all %d octets back, got %s with %d of %d (%v)", test.why, n, response.Status, echoed, response.ContentLength, err)
		}
		if string(sent.Sum(nil)) != string(got.Sum(nil)) {
			t.Errorf("%s: the octets that came back are not those that were sent", test.why)
		}
		s.wantBounded(fmt.Sprintf("%d MiB both ways, %s", n>>20, test.why))
	}
}

func TestStreamDownInBoundedMemory(t *testing.T) {
	s, n := startStreaming(t), contentSize()
	response, err := patientClient(t).Get(fmt.Sprintf("http://%s/demo/octets/%d", s.address, n))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	got, zeros := sha256.New(), sha256.New()
	if down, err := io.Copy(got, response.Body); err != nil || down != n || response.ContentLength != n {
		t.Errorf("want %d octets, got %d of %d (%v)", n, down, response.ContentLength, err)
	}
	for piece, left := make([]byte, 1<<20), n; left > 0; left -= int64(len(piece)) {
		zeros.Write(piece)
	}
	if string(got.Sum(nil)) != string(zeros.Sum(nil)) {
		t.Error("want zeros and nothing else")
	}
	s.wantBounded(fmt.Sprintf("%d MiB down", n>>20))
}

// A reader that takes one octet a second delays only its own exchange.
func TestASlowReaderHoldsNobodyElseUp(t *testing.T) {
	s := startStreaming(t)
	conn, err := net.Dial("tcp", s.address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprint(conn, "GET /demo/octets/1000000000 HTTP/1.1\r\nHost: a\r\n\r\n")
	others, served := patientClient(t), 0
	for second := range 3 {
		begun := time.Now()
		conn.SetReadDeadline(begun.Add(10 * time.Second))
		if _, err := conn.Read(make([]byte, 1)); err != nil {
			t.Fatalf("second %d: its exchange goes on: %v", second, err)
		}
		for range 17 {
			asked := time.Now()
			response, err := others.Get("http://" + s.address + "/health")
			if err != nil {
				t.Fatalf("a request beside the slow reader: %v", err)
			}
			if _, err := io.Copy(io.Discard, response.Body); err != nil || response.StatusCode != 200 {
				t.Errorf("a request beside the slow reader: got %s (%v)", response.Status, err)
			}
			response.Body.Close()
			if took := time.Since(asked); took > 500*time.Millisecond {
				t.Errorf("request %d took %v: nobody else waits for the slow reader", served, took)
			}
			served++
		}
		time.Sleep(time.Until(begun.Add(time.Second))) // the slow peer is the subject
	}
	if served < 50 {
		t.Errorf("want 50 requests beside the slow reader, got %d", served)
	}
	s.wantBounded("a slow reader of 1 GB")
	if err := errors.Join(conn.SetReadDeadline(time.Now().Add(10*time.Second)), readSome(conn)); err != nil {
		t.Errorf("the slow reader's exchange has waited, and goes on: %v", err)
	}
}

// readSome reads more than what can have been on its way.
func readSome(from io.Reader) error {
	_, err := io.CopyN(io.Discard, from, 32<<20)
	return err
}
