//go:build unix

package main

import (
	"net"
	"path/filepath"
	"strings"
	"testing"

	"github.com/troupe-go/troupe/actors/actorstest"
)

// The program listens on all addresses, of flags, of the variable and of the file.
func TestListenOnSeveralAddresses(t *testing.T) {
	for name, begin := range map[string]func(addresses []string) *program{
		"flags": func(all []string) *program {
			return start(t, "", nil, "--addr", all[0], "--addr", all[1], "--addr", all[2])
		},
		"variable": func(all []string) *program { return start(t, "TROUPE_ADDR='"+strings.Join(all, ", ")+"'", nil) },
		"file": func(all []string) *program {
			return start(t, "", nil, "--config", writeFile(t, "addr = ['"+strings.Join(all, "', '")+"']"))
		},
	} {
		path := filepath.Join(t.TempDir(), "s")
		p := begin([]string{"127.0.0.1:0", "127.0.0.1:0", "unix:" + path})
		for range 2 {
			p.lines.Scan()
			address, found := strings.CutPrefix(p.lines.Text(), "Server running at http://")
			if !found {
				t.Fatalf("%s: it says %q; its log is\n%s", name, p.lines.Text(), p.log.String())
			}
			wantHealth(t, actorstest.Dial(t, "tcp", address))
		}
		p.want("Server running at unix:" + path)
		wantHealth(t, actorstest.Dial(t, "unix", path))
		p.end()
	}
}

// If the program cannot listen on one address, it serves on none.
func TestOneAddressOfSeveralIsTaken(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	path := filepath.Join(t.TempDir(), "s")
	status, stdout, stderr := ran(nil, "--addr", "unix:"+path, "--addr", taken.Addr().String())
	if status != exitFailed || stdout != "" || !strings.HasPrefix(stderr, "troupe: cannot listen: listen tcp4 "+taken.Addr().String()) {
		t.Errorf("exit status %d, %q, %q", status, stdout, stderr)
	}
	if _, err := net.Dial("unix", path); err == nil {
		t.Error("it still listens on the other")
	}
}

func TestSeveralAddresses(t *testing.T) {
	for args, want := range map[string]string{
		"--addr :1 --addr nonsense":                       `--addr "nonsense": not host:port`,
		"--addr :1 --addr :2 --addr :1":                   `--addr ":1": it is there twice`,
		"--addr unix:/s --addr unix:/s":                   `--addr "unix:/s": it is there twice`,
		"--addr :1 --addr unix:":                          `--addr "unix:": no path`,
		"--addr :1,:2":                                    `--addr ":1,:2": not host:port`,
		"--addr :0 --addr :0":                             "",
		"--addr :1 --addr unix:/s --socket-mode 0660":     "",
		"--addr :1 --addr 127.0.0.1:1 --socket-mode 0660": "--socket-mode without a Unix socket in --addr",
	} {
		_, err := parseOptions(strings.Fields(args), nil)
		if want == "" && err != nil || want != "" && (err == nil || !strings.HasPrefix(err.Error(), want)) {
			t.Errorf("%s: got %v, want %q", args, err, want)
		}
	}
	_, err := parseOptions(nil, environ(map[string]string{"TROUPE_ADDR": ":1,"}))
	if err == nil || !strings.HasPrefix(err.Error(), `TROUPE_ADDR "": not host:port`) {
		t.Errorf("got %v", err)
	}
}
