//go:build unix

package main

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/troupe-go/troupe/actors/actorstest"
)

// asProgram makes the test binary act as the program.
const asProgram = "TEST_AS_TROUPE"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		main()
	}
	os.Exit(m.Run())
}

// A program is one that runs, with what it has announced.
type program struct {
	t       *testing.T
	command *exec.Cmd
	lines   *bufio.Scanner
	log     strings.Builder
}

// start runs the program by way of a shell, which knows the process number that it will have.
func start(t *testing.T, script string, inherited []*os.File, args ...string) *program {
	t.Helper()
	p := &program{t: t, command: exec.Command("/bin/sh", append([]string{"-c", script + ` exec "$0" "$@"`, os.Args[0]}, args...)...)}
	p.command.Env = append(os.Environ(), asProgram+"=1")
	p.command.ExtraFiles, p.command.Stderr = inherited, &p.log
	stdout, err := p.command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	p.lines = bufio.NewScanner(stdout)
	if err := p.command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.command.Process.Kill(); p.command.Wait() })
	return p
}

// want wants the next line of the announcement.
func (p *program) want(line string) {
	p.t.Helper()
	if !p.lines.Scan() || p.lines.Text() != line {
		p.t.Fatalf("it says %q, want %q; its log is\n%s", p.lines.Text(), line, p.log.String())
	}
}

// end interrupts the program, which has to end well.
func (p *program) end() {
	p.t.Helper()
	p.command.Process.Signal(syscall.SIGTERM)
	p.await()
}

// await waits until the program ends, which has to be well.
func (p *program) await() {
	p.t.Helper()
	for p.lines.Scan() {
	}
	if err := p.command.Wait(); err != nil {
		p.t.Errorf("%v; its log is\n%s", err, p.log.String())
	}
}

// wantHealth wants the program to serve on that connection, and closes it.
func wantHealth(t *testing.T, c *actorstest.Client) {
	t.Helper()
	c.Send(get("/health"))
	c.Want("it serves at "+c.Conn.RemoteAddr().String(), "200 OK", `{"status": "healthy"}`)
	c.Conn.Close()
}

func TestListenOnAUnixSocket(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s")
	for range 2 { // the first one is killed, and leaves the file behind
		p := start(t, "", nil, "--addr", "unix:"+path)
		p.want("Server running at unix:" + path)
		wantHealth(t, actorstest.Dial(t, "unix", path))
		var stderr strings.Builder
		if status := run([]string{"--addr", "unix:" + path}, environ(nil), io.Discard, &stderr); status != exitFailed ||
			!strings.HasPrefix(stderr.String(), "troupe: cannot listen: listen unix "+path) || strings.Count(stderr.String(), "\n") != 1 {
			t.Errorf("somebody listens there: exit status %d, %q", status, stderr.String())
		}
		p.command.Process.Kill()
		p.command.Wait()
	}
	p := start(t, "", nil, "--addr", "unix:"+path)
	p.want("Server running at unix:" + path)
	p.end()
	if _, err := os.Lstat(path); err == nil {
		t.Error("the file is removed at the end")
	}
}

func TestListenersAreInherited(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s")
	tcp, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer tcp.Close()
	unix, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close()
	var files []*os.File
	for _, on := range []interface{ File() (*os.File, error) }{tcp.(*net.TCPListener), unix.(*net.UnixListener)} {
		file, err := on.File()
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		files = append(files, file)
	}
	p := start(t, "LISTEN_PID=$$ LISTEN_FDS=2", files, "--addr", "127.0.0.1:1")
	defer func() {
		for name, address := range map[string]string{"listener": tcp.Addr().String(), "listener$2": path} {
			if !strings.Contains(p.log.String(), "listening actor="+name+" address="+address+"\n") {
				t.Errorf("want the names in the order of the descriptors, got\n%s", p.log.String())
			}
		}
	}()
	p.want("Server running at http://" + tcp.Addr().String())
	p.want("Server running at unix:" + path)
	p.want("  on 2 inherited, from LISTEN_FDS; --addr does not count")
	wantHealth(t, actorstest.Dial(t, "tcp", tcp.Addr().String()))
	wantHealth(t, actorstest.Dial(t, "unix", path))
	p.end()
	if _, err := os.Lstat(path); err != nil {
		t.Errorf("whoever made the socket removes it: %v", err)
	}
}

func TestWhatIsNotOursIsNotInherited(t *testing.T) {
	p := start(t, "LISTEN_PID=1 LISTEN_FDS=1", nil, "--addr", "127.0.0.1:0")
	if p.lines.Scan(); strings.HasSuffix(p.lines.Text(), ":0") || !strings.HasPrefix(p.lines.Text(), "Server running at http://127.0.0.1:") {
		t.Errorf("the listeners are somebody else's: it says %q", p.lines.Text())
	}
	p.end()
	for script, complaint := range map[string]string{
		"LISTEN_PID=$$ LISTEN_FDS=many":          `troupe: cannot take over a listener: LISTEN_FDS: "many" is no number of descriptors` + "\n",
		"LISTEN_PID=$$ LISTEN_FDS=1 3</dev/null": "troupe: cannot take over a listener: descriptor 3 of LISTEN_FDS: ",
	} {
		script, redirect, _ := strings.Cut(script, " 3<")
		p := start(t, strings.TrimSuffix("exec 3<"+redirect+";", "exec 3<;")+script, nil)
		for p.lines.Scan() {
		}
		if p.command.Wait(); p.command.ProcessState.ExitCode() != exitFailed || !strings.HasPrefix(p.log.String(), complaint) ||
			strings.Count(p.log.String(), "\n") != 1 {
			t.Errorf("%s: %v, %q; want one line that begins %q", script, p.command.ProcessState, p.log.String(), complaint)
		}
	}
}

func TestListenWithTLS(t *testing.T) {
	certFile, keyFile, pool := writePair(t)
	p := start(t, "", nil, "--addr", "127.0.0.1:0", "--tls-cert", certFile, "--tls-key", keyFile)
	p.lines.Scan()
	address, found := strings.CutPrefix(p.lines.Text(), "Server running at https://")
	if !found || !strings.HasPrefix(address, "127.0.0.1:") {
		t.Fatalf("it says %q", p.lines.Text())
	}
	conn, err := tls.Dial("tcp", address, &tls.Config{RootCAs: pool})
	if err != nil {
		t.Fatal(err)
	}
	wantHealth(t, actorstest.New(t, conn))
	p.end()
	for _, files := range [][2]string{{"absent", keyFile}, {certFile, "absent"}, {keyFile, certFile}} {
		var stdout, stderr strings.Builder
		status := run([]string{"--addr", "127.0.0.1:0", "--tls-cert", files[0], "--tls-key", files[1]}, environ(nil), &stdout, &stderr)
		complaint := "troupe: cannot use --tls-cert " + files[0] + " with --tls-key " + files[1] + ": "
		if status != exitFailed || stdout.Len() > 0 || !strings.HasPrefix(stderr.String(), complaint) || strings.Count(stderr.String(), "\n") != 1 {
			t.Errorf("%v: exit status %d, %q, %q; want one line that begins %q", files, status, stdout.String(), stderr.String(), complaint)
		}
	}
}

func TestListenToAProxy(t *testing.T) {
	p := start(t, "", nil, "--addr", "127.0.0.1:0", "--proxy-protocol", "127.0.0.1")
	p.lines.Scan()
	c := actorstest.Dial(t, "tcp", strings.TrimPrefix(p.lines.Text(), "Server running at http://"))
	c.Send("PROXY TCP4 192.0.2.7 198.51.100.1 51234 80\r\n")
	wantHealth(t, c)
	p.end()
	if !strings.Contains(p.log.String(), "peer=192.0.2.7:51234") {
		t.Errorf("the log does not name the client:\n%s", p.log.String())
	}
}

// writePair writes a certificate for 127.0.0.1 and its key.
func writePair(t *testing.T) (certFile, keyFile string, pool *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: now.Add(-time.Hour), NotAfter: now.Add(time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	pool = x509.NewCertPool()
	pool.AppendCertsFromPEM(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
	certFile, keyFile = filepath.Join(t.TempDir(), "cert.pem"), filepath.Join(t.TempDir(), "key.pem")
	for name, block := range map[string]*pem.Block{certFile: {Type: "CERTIFICATE", Bytes: der}, keyFile: {Type: "PRIVATE KEY", Bytes: pkcs8}} {
		if err := os.WriteFile(name, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return certFile, keyFile, pool
}

// A socket that does not listen is refused, rather than tried for ever.
func TestASocketThatDoesNotListenIsNotInherited(t *testing.T) {
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM, 0)
	if err != nil {
		t.Fatal(err)
	}
	file := os.NewFile(uintptr(fd), "socket")
	defer file.Close()
	if err := syscall.Bind(fd, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		t.Fatal(err)
	}
	p := start(t, "LISTEN_PID=$$ LISTEN_FDS=1", []*os.File{file})
	if p.lines.Scan() {
		t.Errorf("it says that it runs: %q", p.lines.Text())
	}
	p.command.Wait()
	if status := p.command.ProcessState.ExitCode(); status != exitFailed || !strings.Contains(p.log.String(), "does not listen") {
		t.Errorf("exit status %d, %q", status, p.log.String())
	}
}

func TestTheModeOfAUnixSocket(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s")
	p := start(t, "", nil, "--addr", "unix:"+path, "--socket-mode", "0666")
	p.want("Server running at unix:" + path)
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o666 {
		t.Errorf("got %v, %v", info, err)
	}
	p.end()
}
