//go:build unix

package main

import (
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// The files for proxies in docs/how-to/deploy.md work: a POST on a connection that was idle for longer than the program's
// own default gets its answer, on the connection that was kept.

func TestBehindNginx(t *testing.T) {
	behindProxy(t, "nginx", func(directory, config string) *exec.Cmd {
		main := "daemon off; pid " + directory + "/pid; error_log stderr; events {}\nhttp {\naccess_log off;\n"
		for _, kind := range []string{"client_body", "proxy", "fastcgi", "uwsgi", "scgi"} {
			main += kind + "_temp_path " + directory + "/" + kind + ";\n"
		}
		return exec.Command("nginx", "-p", directory, "-c", writeConfig(t, directory, main+config+"}\n"))
	})
}

func TestBehindHAProxy(t *testing.T) {
	behindProxy(t, "haproxy", func(directory, config string) *exec.Cmd {
		return exec.Command("haproxy", "-db", "-f", writeConfig(t, directory, config))
	})
}

func writeConfig(t *testing.T, directory, text string) string {
	t.Helper()
	path := filepath.Join(directory, "config")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func behindProxy(t *testing.T, name string, command func(directory, config string) *exec.Cmd) {
	if testing.Short() {
		t.Skip("it waits for longer than the idle timeout")
	}
	if _, err := exec.LookPath(name); err != nil {
		t.Skipf("%s is not installed; .ci/run does that", name)
	}
	t.Parallel()
	block := regexp.MustCompile("(?ms)^```" + name + "\n(.*?)^```$").FindStringSubmatch(docsText(t, "docs/how-to/deploy.md"))
	p := start(t, "", nil, "--addr", "127.0.0.1:0", "--behind-proxy")
	p.lines.Scan()
	server, directory := strings.TrimPrefix(p.lines.Text(), "Server running at http://"), t.TempDir()
	log, err := os.Create(filepath.Join(directory, "log"))
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	front := freeAddress(t)
	proxy := command(directory, strings.NewReplacer("127.0.0.1:8080", server, "127.0.0.1:8000", front).Replace(block[1]))
	proxy.Stderr, proxy.Stdout = log, log
	if err := proxy.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { proxy.Process.Signal(syscall.SIGTERM); proxy.Wait() }()
	awaitReady(t, front, log.Name())
	for range 3 {
		response, err := http.Post("http://"+front+"/echo", "text/plain", strings.NewReader("hello"))
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(response.Body)
		response.Body.Close()
		if response.StatusCode != 200 || string(content) != "hello" || err != nil {
			t.Errorf("got %d %q, %v", response.StatusCode, content, err)
		}
		time.Sleep(5500 * time.Millisecond) // by default the server would have closed the connection
	}
	p.end()
	posts := regexp.MustCompile(`exchange actor=listener/(\S+) exchange=(\d+) id=\S+ method=POST`).FindAllStringSubmatch(p.log.String(), -1)
	if len(posts) != 3 || name == "nginx" && (posts[0][1] != posts[1][1] || posts[1][1] != posts[2][1]) {
		t.Errorf("want three POSTs, with nginx on one connection, got %q", posts)
	}
}

// awaitReady waits until a proxy passes requests on.
func awaitReady(t *testing.T, address, log string) {
	t.Helper()
	for range 100 {
		if conn, err := net.Dial("tcp", address); err == nil {
			conn.Close()
			if response, err := http.Get("http://" + address + "/ready"); err == nil {
				response.Body.Close()
				if response.StatusCode == 200 {
					return
				}
			}
		}
		time.Sleep(50 * time.Millisecond)
	}
	said, _ := os.ReadFile(log)
	t.Fatalf("the proxy is not ready:\n%s", said)
}
