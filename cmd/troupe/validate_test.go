//go:build unix

package main

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

func TestValidate(t *testing.T) {
	certFile, keyFile, _ := writePair(t)
	path := writeFile(t, "# mine\nidle-timeout = \"30s\"\ntls-cert = \""+certFile+"\"\nmax-queue = 10000\nhead-timeout = \"1s\"")
	env := map[string]string{"TROUPE_CONFIG": path, "TROUPE_TLS_KEY": keyFile, "TROUPE_DEMO": "true", "TROUPE_HEAD_TIMEOUT": "2s"}
	status, stdout, stderr := ran(env, strings.Fields("validate --addr 127.0.0.1:1 --addr unix:s --head-timeout 10s --max-content 1MiB --body-rate -1 --proxy-protocol 10.0.0.0/8")...)
	want := "demo = true # TROUPE_DEMO\n" +
		"addr = ['127.0.0.1:1', 'unix:s'] # --addr\n" +
		"tls-cert = '" + certFile + "' # " + path + ":3\n" +
		"tls-key = '" + keyFile + "' # TROUPE_TLS_KEY\n" +
		"idle-timeout = '30s' # " + path + ":2\n" +
		"max-content = '1MiB' # --max-content\n" +
		"body-rate = -1 # --body-rate\n" +
		"proxy-protocol = ['10.0.0.0/8'] # --proxy-protocol\n"
	if status != exitOK || stderr != "" || stdout != want {
		t.Fatalf("exit status %d, %q, got\n%swant\n%s", status, stderr, stdout, want)
	}
	// What it prints is a file with the same settings.
	if _, again, stderr := ran(nil, "validate", "--config", writeFile(t, stdout)); withoutOrigins(again) != withoutOrigins(stdout) || stderr != "" {
		t.Errorf("got %q\n%s", stderr, again)
	}
}

func withoutOrigins(text string) (all string) {
	for line := range strings.Lines(text) {
		line, _, _ = strings.Cut(line, " # ")
		all += line + "\n"
	}
	return all
}

func TestValidateNothing(t *testing.T) {
	if status, stdout, stderr := ran(nil, "validate"); status != exitOK || stdout != "" || stderr != "" {
		t.Errorf("exit status %d, %q, %q", status, stdout, stderr)
	}
}

// What a setting implies has the origin of that setting.
func TestValidateBehindAProxy(t *testing.T) {
	_, stdout, _ := ran(map[string]string{"TROUPE_BEHIND_PROXY": "1"}, "validate", "--idle-timeout", "1m")
	want := "idle-timeout = '1m0s' # --idle-timeout\nmax-connections-per-peer = -1 # TROUPE_BEHIND_PROXY\nbehind-proxy = true # TROUPE_BEHIND_PROXY\n"
	if stdout != want {
		t.Errorf("got\n%swant\n%s", stdout, want)
	}
}

func TestValidateFindsMistakes(t *testing.T) {
	certFile, keyFile, _ := writePair(t)
	for args, want := range map[string]string{
		"--tls-cert absent --tls-key " + keyFile:           "cannot use --tls-cert absent with --tls-key " + keyFile + ": open absent: ",
		"--tls-cert " + keyFile + " --tls-key " + certFile: "cannot use --tls-cert " + keyFile,
		"--max-queue 0":     "--max-queue 0: must be above 0",
		"--addr nonsense":   `--addr "nonsense": not host:port`,
		"--drain-delay 11s": "--drain-delay 11s: must be at least 0, and below --drain-timeout",
	} {
		status, stdout, stderr := ran(nil, strings.Fields("validate "+args)...)
		if status != exitUsage || stdout != "" || !strings.HasPrefix(stderr, "troupe: "+want) || !strings.HasSuffix(stderr, "; see troupe validate --help\n") {
			t.Errorf("%s: exit status %d, %q, %q; want %q", args, status, stdout, stderr, want)
		}
	}
}

// A variable that sets nothing is no mistake for troupe serve, which warns of it.
func TestValidateWarnsOfUnknownVariables(t *testing.T) {
	status, stdout, stderr := ran(map[string]string{"TROUPE_ADRR": ":1", "TROUPE_STATUS": "200"}, "validate")
	if status != exitOK || stdout != "" || stderr != "troupe: there is no variable \"TROUPE_ADRR\": the nearest is TROUPE_ADDR\n" {
		t.Errorf("exit status %d, %q, %q", status, stdout, stderr)
	}
}

// The commands of docs/how-to/configure.md print what the page says.
func TestDocsShowWhatValidateSays(t *testing.T) {
	page := docsText(t, "docs/how-to/configure.md")
	file := regexp.MustCompile("(?ms)^```toml\n(.*?)^```$").FindStringSubmatch(page)[1]
	said := regexp.MustCompile("(?ms)validate --config troupe.toml --log-format json\n(.*?)^```$").FindStringSubmatch(page)[1]
	mistake := regexp.MustCompile("(?m)^troupe: (troupe.toml:.*)$").FindStringSubmatch(page)[1]
	t.Chdir(t.TempDir())
	if err := os.WriteFile("troupe.toml", []byte(file), 0o600); err != nil {
		t.Fatal(err)
	}
	env := map[string]string{"TROUPE_MAX_CONNECTIONS": "100"}
	if _, stdout, stderr := ran(env, "validate", "--config", "troupe.toml", "--log-format", "json"); stdout != said || stderr != "" {
		t.Errorf("got %q\n%swant\n%s", stderr, stdout, said)
	}
	if err := os.WriteFile("troupe.toml", []byte(strings.ReplaceAll(file, "idle-timeout", "idle_timeout")), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, _, stderr := ran(nil, "validate", "--config", "troupe.toml"); stderr != "troupe: "+mistake+"\n" {
		t.Errorf("got %q, want %q", stderr, mistake)
	}
}
