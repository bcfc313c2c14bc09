package slow

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/troupe-go/troupe/cmd/bench/internal/machine"
	"github.com/troupe-go/troupe/cmd/bench/internal/site"
)

// errNoSlowhttptest is the error if the attacker is not installed.
var errNoSlowhttptest = errors.New("slowhttptest, the attacker, is not installed; on Debian: apt-get install slowhttptest")

// connectionRate is how many connections an attack opens a second.
const connectionRate = 200

// An attack is a mode of slowhttptest.
type attack struct {
	name string
	path string
	args []string
}

// attacks use the routes that they are made for: slow content goes to a route that collects it, slow readers request
// a response that fills every buffer.
func attacks() []attack {
	return []attack{
		{"slow heads (slowloris)", site.HealthPath, []string{"-H", "-i", "2", "-t", "GET", "-x", "24"}},
		{"slow content", "/echo", []string{"-B", "-i", "2", "-s", "8192", "-t", "POST", "-x", "10"}},
		{"many ranges (apache killer)", "/large", []string{"-R", "-a", "10", "-b", "3000", "-t", "GET"}},
		{"slow reading", "/large", []string{"-X", "-w", "512", "-y", "1024", "-n", "5", "-z", "32", "-k", "3"}},
	}
}

// slowhttptest is the path of the program.
type slowhttptest string

func find() (slowhttptest, error) {
	path, err := exec.LookPath("slowhttptest")
	if err != nil {
		return "", errNoSlowhttptest
	}
	return slowhttptest(path), nil
}

// attack attacks until all connections are closed or the time is up.
func (s slowhttptest) attack(ctx context.Context, addr string, a attack, connections int, lasting time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, lasting+20*time.Second)
	defer cancel()
	args := append([]string{"-c", strconv.Itoa(connections), "-r", strconv.Itoa(connectionRate),
		"-l", strconv.Itoa(int(lasting.Seconds())), "-p", "3", "-v", "1", "-u", "http://" + addr + a.path}, a.args...)
	cmd := exec.CommandContext(ctx, string(s), args...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // Ctrl-C reaches it through ctx
	output, err := cmd.CombinedOutput()
	switch {
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return errors.New("slowhttptest did not end in time and was killed")
	case ctx.Err() != nil:
		return ctx.Err()
	}
	if !attacked(string(output)) {
		return fmt.Errorf("slowhttptest did not attack (%v): %s", err, lastLine(string(output)))
	}
	return nil
}

// attacked reports whether the output ends like that of an attack: the time was up, or the server had closed all
// connections.
func attacked(output string) bool {
	last := lastLine(output)
	return strings.HasSuffix(last, "Hit test time limit") || strings.HasSuffix(last, "No open connections left")
}

// colours match the colours in the output of slowhttptest.
var colours = regexp.MustCompile("\x1b\\[[0-9;]*[A-Za-z]")

func lastLine(output string) string {
	lines := strings.Split(strings.TrimSpace(colours.ReplaceAllString(output, "")), "\n")
	return strings.TrimSpace(lines[len(lines)-1])
}

func (s slowhttptest) version() string {
	_, version, _ := strings.Cut(machine.ToldBy(string(s), "-h"), "version ")
	return machine.VersionIn(version)
}
