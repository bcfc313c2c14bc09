//go:build unix

package main

import (
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// writeFile writes a file of settings.
func writeFile(t *testing.T, text string) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "troupe.toml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// A file sets what the flags would.
func TestAFileOfSettings(t *testing.T) {
	for _, test := range []struct{ text, flags string }{
		{"", ""},
		{"# nothing\n", ""},
		{"idle-timeout = \"10s\"\nmax-connections = 7\ndemo = true\nhide-queries = false", "--idle-timeout 10s --max-connections 7 --demo"},
		{"addr = [\"127.0.0.1:1\", \"unix:/s\"]\nsocket-mode = '0660'", "--addr 127.0.0.1:1 --addr unix:/s --socket-mode 0660"},
		{`addr = ":80"`, "--addr :80"},
		{`"addr" = ["unix:/a,b"]`, "--addr unix:/a,b"},
		{`proxy-protocol = ["10.0.0.0/8", "192.0.2.7"]`, "--proxy-protocol 10.0.0.0/8,192.0.2.7"},
		{`proxy-protocol = "10.0.0.0/8, 192.0.2.7"`, "--proxy-protocol 10.0.0.0/8,192.0.2.7"},
		{"max-content = \"64KiB\"\nbody-rate = -1\nwrite-rate = 1_000", "--max-content 65536 --body-rate -1 --write-rate 1000"},
		{"log-level = \"debug\"\r\nlog-format = \"\"\"json\"\"\"\r\n", "--log-level debug --log-format json"},
	} {
		want, err := parseOptions(strings.Fields(test.flags), nil)
		if err != nil {
			t.Fatal(err)
		}
		path := writeFile(t, test.text)
		want.file = path
		for name, env := range map[string]map[string]string{"--config " + path: nil, "": {"TROUPE_CONFIG": path}} {
			if got, err := parseOptions(strings.Fields(name), environ(env)); err != nil || !reflect.DeepEqual(got, want) {
				t.Errorf("%s\ngot  %+v, %v\nwant %+v", test.text, got, err, want)
			}
		}
	}
}

func TestFlagsOverVariablesOverTheFile(t *testing.T) {
	path := writeFile(t, "addr = [\":1\", \":2\"]\nidle-timeout = \"1s\"\nmax-queue = 1\ndemo = true\nhead-timeout = \"1s\"")
	env := map[string]string{"TROUPE_CONFIG": path, "TROUPE_ADDR": ":3, :4", "TROUPE_IDLE_TIMEOUT": "2s", "TROUPE_MAX_QUEUE": "2", "TROUPE_LOG_FORMAT": ""}
	o, err := parseOptions(strings.Fields("--addr :5 --addr :6 --idle-timeout 3s --demo=false"), environ(env))
	if err != nil || o.addr.String() != ":5,:6" || o.config.IdleTimeout.String() != "3s" || o.demo {
		t.Errorf("the flags count: got %+v, %v", o, err)
	}
	if o.config.MaxQueue != 2 || o.config.HeadTimeout.String() != "1s" {
		t.Errorf("what only the others set stays: got %+v", o)
	}
	if o, err = parseOptions(nil, environ(env)); err != nil || o.addr.String() != ":3,:4" || !o.demo {
		t.Errorf("the variables count: got %+v, %v", o, err)
	}
	other := writeFile(t, "max-queue = 9")
	if o, err = parseOptions([]string{"--config", other}, environ(map[string]string{"TROUPE_CONFIG": path})); err != nil || o.config.MaxQueue != 9 || o.demo {
		t.Errorf("the file of the flag counts: got %+v, %v", o, err)
	}
}

// A mistake in a file is one line with the file, the row, the key and what to write instead.
func TestMistakesInAFile(t *testing.T) {
	for text, want := range map[string]string{
		"idle_timeout = \"3s\"":                             `1: there is no setting "idle_timeout": the nearest is idle-timeout`,
		"\n\napplause = 1":                                  `3: there is no setting "applause"`,
		"demo = true\naddrs = 1\nadr = 2":                   `2: there is no setting "addrs": the nearest is addr`,
		"idle-timeout = 10":                                 `1: idle-timeout has a value of the wrong type: write it like idle-timeout = "10s"`,
		"demo = \"true\"":                                   "1: demo has a value of the wrong type: write it like demo = true",
		"max-connections = \"5\"":                           "1: max-connections has a value of the wrong type: write it like max-connections = 100",
		"max-connections = 5.0":                             "1: max-connections has a value of the wrong type: write it like",
		"max-content = 1.5":                                 `1: max-content has a value of the wrong type: write it like max-content = "64KiB"`,
		"socket-mode = 0o660":                               `1: socket-mode has a value of the wrong type: write it like socket-mode = "0660"`,
		"idle-timeout = [\"1s\"]":                           "1: idle-timeout has a value of the wrong type: write it like",
		"addr = [\":1\", 2]":                                "1: addr has a value of the wrong type: write it like addr = [",
		"log-level = 1979-05-27":                            `1: log-level has a value of the wrong type: write it like log-level = "debug"`,
		"[[addr]]\nx = 1":                                   "1: addr has a value of the wrong type",
		"[addr]\nx = 1":                                     "1: addr has a value of the wrong type",
		"demo = true\n[log]\nlevel = \"debug\"":             "2: log: there are no tables: write each setting on a line of its own",
		"log.level = 3":                                     "1: log.level: there are no tables",
		"demo = true\nidle-timeout = \"5\"":                 `2: idle-timeout "5": must be a duration, for example 5s or 1m30s`,
		"log-level = \"loud\"":                              `1: log-level "loud": must be debug, info, warn or error`,
		"demo = true\n\nmax-connections = 0":                "3: max-connections 0: must be above 0",
		"log-format = \"yaml\"":                             `1: log-format "yaml": must be text or json`,
		"addr = [\":1\", \"nonsense\"]":                     `1: addr "nonsense": not host:port`,
		"addr = [\":1\", \":1\"]":                           `1: addr ":1": it is there twice`,
		"addr = []":                                         "1: addr: no address",
		"proxy-protocol = [\"10.0.0.0/8\", \"a\"]":          `1: proxy-protocol "10.0.0.0/8,a": "a" is neither a network`,
		"tls-cert = \"\"":                                   `1: tls-cert "": no file`,
		"\ntls-cert = \"c\"":                                "2: tls-cert without tls-key",
		"redirect-http = \":80\"":                           "1: redirect-http without tls-cert",
		"redirect-http = \"80\"":                            `1: redirect-http "80": not host:port`,
		"error-detail = \"loopback\"\nbehind-proxy = true":  "1: error-detail loopback with behind-proxy: every client",
		"drain-timeout = \"1s\"\ndrain-delay = \"2s\"":      "2: drain-delay 2s: must be at least 0, and below drain-timeout",
		"demo = true\nstatus = 200":                         "2: status is a setting of another command",
		"config = \"b\"":                                    "1: config: a file names no other file",
		"demo":                                              "1: column 4: expected '=' after key",
		"demo = true\ndemo = false":                         "2: column 1: key demo is already defined",
		"addr = \"\n":                                       "1: column 9: basic strings cannot have new lines",
		"demo = true\nidle-timeout = \"1s\" max-queue = \"": "2: column ",
	} {
		path := writeFile(t, text)
		status, stdout, stderr := ran(nil, "validate", "--config", path)
		if status != exitUsage || stdout != "" || !strings.HasPrefix(stderr, "troupe: "+path+":"+want) || strings.Count(stderr, "\n") != 1 {
			t.Errorf("%s\nexit status %d, %q, %q; want one line with %q", text, status, stdout, stderr, want)
		}
	}
}

func TestMistakesThatInvolveAFile(t *testing.T) {
	directory := t.TempDir()
	for _, test := range []struct{ text, args, want string }{
		{"max-queue = 0", "--max-queue -1", "--max-queue -1: must be above 0"},
		{"max-queue = \"many\"", "--max-queue 1", "FILE:1: max-queue has a value of the wrong type"}, // a file is right or wrong by itself
		{"tls-cert = \"c\"", "--tls-key k", "FILE:1: cannot use tls-cert c with --tls-key k: open c: "},
		{"tls-key = \"k\"", "--redirect-http :80", "FILE:1: tls-key without tls-cert"},
		{"", "--config " + directory, `--config "` + directory + `": cannot read it: is a directory`},
		{"", "--config " + directory + "/none", `--config "` + directory + `/none": cannot read it: no such file or directory`},
		{"", "--config=", `--config "": no file`},
	} {
		path := writeFile(t, test.text)
		status, _, stderr := ran(map[string]string{"TROUPE_CONFIG": path}, strings.Fields("validate "+test.args)...)
		want := "troupe: " + strings.ReplaceAll(test.want, "FILE", path)
		if status != exitUsage || !strings.HasPrefix(stderr, want) || strings.Count(stderr, "\n") != 1 {
			t.Errorf("%s and %s: exit status %d, %q, want %q", test.text, test.args, status, stderr, want)
		}
	}
	if _, _, stderr := ran(map[string]string{"TROUPE_CONFIG": directory + "/none"}, "serve"); !strings.HasPrefix(stderr, `troupe: TROUPE_CONFIG "`+directory+`/none": cannot read it`) {
		t.Errorf("got %q", stderr)
	}
}

// What is in a file does nothing to the terminal.
func TestMistakesInAFileArePrintable(t *testing.T) {
	for _, text := range []string{"\"\\u001b[31m\\u202e\" = 1", "log-level = \"\\u001b[31m\"", "addr = \"\\u009b:\\u202e\"", "\x1b", "\"\xff\" = 1", "a = \"\x7f\""} {
		_, _, stderr := ran(nil, "validate", "--config", writeFile(t, text))
		if line, one := strings.CutSuffix(stderr, "\n"); !one || line == "" || shown(line) != line {
			t.Errorf("%q: complains %q", text, stderr)
		}
	}
}

// The example of each setting is right.
func TestTheExamplesOfSettings(t *testing.T) {
	for _, s := range slices.Concat(serveSettings(&options{}), new(canned).settings(), new(forwarding).settings()) {
		if s.name == "config" {
			continue
		}
		if err := (settings{s}).readFile(writeFile(t, s.name+" = "+s.kind.example)); err != nil {
			t.Errorf("%s = %s: %v", s.name, s.kind.example, err)
		}
		if err := (settings{s}).verify(); err != nil {
			t.Errorf("%s = %s: %v", s.name, s.kind.example, err)
		}
	}
}
