package main

import (
	"net"
	"strings"
	"testing"
)

func TestRun(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	for _, test := range []struct {
		args              string
		status            int
		output, complaint string
	}{
		{"help", exitOK, "troupe serves HTTP/1.1 with actors.\n", ""},
		{"version", exitOK, "troupe " + version() + "\n", ""},
		{"--help", exitOK, "troupe serve runs the server", ""},
		{"--version", exitOK, "troupe " + version() + "\n", ""},
		{"help serve", exitOK, "troupe serve runs the server", ""},
		{"help perform", exitUsage, "", `troupe: unexpected argument "perform"; see troupe help`},
		{"--version now", exitUsage, "", `troupe: unexpected argument "now"; see troupe help`},
		{"serve -h", exitOK, "troupe serve runs the server", ""},
		{"perform", exitUsage, "", `troupe: unknown command "perform"; see troupe help`},
		{"--loud", exitUsage, "", "troupe: there is no flag --loud; see troupe serve --help"},
		{"version now", exitUsage, "", `troupe: unexpected argument "now"; see troupe help`},
		{"serve now then", exitUsage, "", `troupe: unexpected argument "then"; see troupe serve --help`},
		{"respond now", exitUsage, "", `troupe: unexpected argument "now"; see troupe respond --help`},
		{"--addr " + taken.Addr().String(), exitFailed, "", "troupe: cannot listen: listen tcp4 " + taken.Addr().String()},
	} {
		var stdout, stderr strings.Builder
		status := run(strings.Fields(test.args), environ(nil), &stdout, &stderr)
		if status != test.status || !strings.HasPrefix(stdout.String(), test.output) || (test.output == "") != (stdout.Len() == 0) {
			t.Errorf("troupe %s: exit status %d, %q; want %d, %q", test.args, status, stdout.String(), test.status, test.output)
		}
		complaint, rest, _ := strings.Cut(stderr.String(), "\n")
		if !strings.HasPrefix(complaint, test.complaint) || (test.complaint == "") != (complaint == "") || rest != "" {
			t.Errorf("troupe %s: complains %q, want one line %q", test.args, stderr.String(), test.complaint)
		}
	}
}

func TestRunWithoutACommandName(t *testing.T) {
	var stdout, stderr strings.Builder
	if status := run([]string{""}, environ(nil), &stdout, &stderr); status != exitUsage || stderr.String() != "troupe: unknown command \"\"; see troupe help\n" {
		t.Errorf("an empty argument: exit status %d, %q", status, stderr.String())
	}
}

// Text from the command line or the environment does nothing to the terminal.
func TestComplaintsArePrintable(t *testing.T) {
	const bad = "\x1b[31m\u009b\u202e\xff\x7f"
	for _, args := range [][]string{
		{bad}, {"--" + bad}, {"--" + bad + "=1"}, {"version", bad}, {"serve", bad}, {"serve", bad, bad}, {"serve", bad, "--root", "b"}, {"serve", ".", "--spa", bad}, {"--addr", bad}, {"--addr", "a:" + bad},
		{"--log-format", bad}, {"--log-level", bad}, {"--idle-timeout", bad}, {"--max-queue", bad}, {"--demo=" + bad}, {"--proxy-protocol", bad},
		{"--addr", "unix:/nowhere/" + bad}, {"--tls-cert", bad, "--tls-key", bad},
	} {
		var stdout, stderr strings.Builder
		if status := run(args, environ(nil), &stdout, &stderr); status == exitOK {
			t.Errorf("%q is taken", args)
		}
		if line, one := strings.CutSuffix(stderr.String(), "\n"); !one || shown(line) != line {
			t.Errorf("%q: complains %q, want one line that is printable", args, stderr.String())
		}
	}
}
