package main

import (
	"slices"
	"strings"
	"testing"

	"github.com/spf13/pflag"
)

// ran runs a command line that ends at once.
func ran(env map[string]string, args ...string) (status int, stdout, stderr string) {
	var out, complaints strings.Builder
	status = run(args, environ(env), &out, &complaints)
	return status, out.String(), complaints.String()
}

func TestNearMissesAreNamed(t *testing.T) {
	for args, want := range map[string]string{
		"srve":                     `troupe: unknown command "srve": the nearest is serve; see troupe help`,
		"help srve":                `troupe: unexpected argument "srve": the nearest is serve; see troupe help`,
		"help serve quick":         `troupe: unexpected argument "quick"; see troupe help`,
		"--idel-timeout 5s":        "troupe: there is no flag --idel-timeout: the nearest is --idle-timeout; see troupe serve --help",
		"respond --stats 200":      "troupe: there is no flag --stats: the nearest is --status; see troupe respond --help",
		"validate --addrs :1":      "troupe: there is no flag --addrs: the nearest is --addr; see troupe validate --help",
		"validate now then":        `troupe: unexpected argument "then"; see troupe validate --help`,
		"version --jsn":            "troupe: there is no flag --jsn: the nearest is --json; see troupe help",
		"-x":                       "troupe: there is no flag -x; see troupe serve --help",
		"--help=perhaps":           `troupe: --help "perhaps": must be true or false; see troupe serve --help`,
		"completion":               "troupe: which shell? troupe completion bash, for example; see troupe help",
		"completion fsh":           `troupe: unknown command "fsh": the nearest is fish; see troupe help`,
		"completion bash now":      `troupe: unexpected argument "now"; see troupe help`,
		"serve --addr no now then": `troupe: unexpected argument "then"; see troupe serve --help`,
	} {
		if status, stdout, stderr := ran(nil, strings.Fields(args)...); status != exitUsage || stdout != "" || stderr != want+"\n" {
			t.Errorf("troupe %s: exit status %d, %q, %q; want %q", args, status, stdout, stderr, want)
		}
	}
}

func TestServeAndDashesAreAdded(t *testing.T) {
	for args, want := range map[string]string{
		"":                                "serve",
		"--demo":                          "serve --demo",
		"-demo -addr :1":                  "serve --demo --addr :1",
		"-addr=-demo -h":                  "serve --addr=-demo -h",
		"--addr -demo":                    "serve --addr -demo", // it is the value
		"-body-rate -1 -demo=true":        "serve --body-rate -1 --demo=true",
		"respond -body -demo -status 201": "respond --body -demo --status 201",
		"respond -body=-demo ---body x":   "respond --body=-demo ---body x",
		"serve -- -demo":                  "serve -- -demo",
		"serve -dem":                      "serve -dem",
		"serve -help":                     "serve --help",
		"serve --addr":                    "serve --addr",
		"-version":                        "version",
		"--version -json":                 "version --json",
		"version now":                     "version now",
		"__complete -log-level x":         "__complete serve --log-level x",
		"__completeNoDesc --addr":         "__completeNoDesc serve --addr",
		"__complete ser":                  "__complete ser",
	} {
		fields := strings.Fields(args)
		if got := strings.Join(completed(newRoot(&process{}), fields), " "); got != want {
			t.Errorf("%q: got %q, want %q", args, got, want)
		}
		if again := strings.Join(fields, " "); again != args {
			t.Errorf("the arguments %q are now %q", args, again)
		}
	}
}

func TestHelpNamesAllCommands(t *testing.T) {
	_, help, _ := ran(nil, "help")
	for _, c := range newRoot(&process{}).Commands() {
		if !strings.Contains(help, "\n  troupe "+c.Name()) {
			t.Errorf("%s is not in\n%s", c.Name(), help)
		}
		args := []string{"help", c.Name()}
		if c.Name() == "completion" {
			args = append(args, "bash") // the library has written that one
		}
		status, text, stderr := ran(nil, args...)
		if status != exitOK || stderr != "" || !strings.Contains(text, "troupe "+strings.Join(args[1:], " ")) {
			t.Errorf("help %s: exit status %d, %q, %q", c.Name(), status, text, stderr)
		}
	}
}

func TestHelpFitsItsWidth(t *testing.T) {
	for _, args := range [][]string{{"help"}, {"help", "help"}, {"help", "version"}, {"help", "serve"}, {"help", "respond"}, {"help", "proxy"}, {"help", "routes"}, {"help", "validate"}, {"help", "completion"}} {
		_, text, _ := ran(nil, args...)
		for line := range strings.Lines(text) {
			if len(line)-1 > helpWidth || strings.TrimRight(line, " \n")+"\n" != line && line != "\n" {
				t.Errorf("%v: a line is too long, or ends with spaces: %q", args, line)
			}
		}
	}
}

func TestHelpForCompletion(t *testing.T) {
	const want = `troupe completion prints a script for a shell; troupe completion bash --help says how to load it.

  troupe completion bash            print the script for bash
`
	if _, text, _ := ran(nil, "completion", "--help"); !strings.HasPrefix(text, want) || strings.Count(text, "print the script for ") != 4 {
		t.Errorf("got\n%s", text)
	}
	if _, text, _ := ran(nil, "help"); !strings.Contains(text, "\n  troupe completion SHELL           print a script with which") {
		t.Errorf("got\n%s", text)
	}
}

// The layout of the help: entries with what they mean beside them, below headings.
func TestHelpLayout(t *testing.T) {
	const version = `print the version; troupe --version does the same

  troupe version [flags]

  --help                            help for version
  --json                            print it as JSON
`
	if _, text, _ := ran(nil, "help", "version"); text != version {
		t.Errorf("got\n%s", text)
	}
	_, text, _ := ran(nil, "help", "respond")
	const begin = `troupe respond answers every request, of any method and path, with the same response.

  troupe respond [flags]

Response:
  --status number                   the status
                                    default 200, or $TROUPE_STATUS
  --header line                     a field line, as 'Name: value'; may be given several times, and
                                    the variable may have several lines
                                    default none, or $TROUPE_HEADER
`
	if !strings.HasPrefix(text, begin) || !strings.HasSuffix(text, "$TROUPE_CONFIG\n"+servingEnd) {
		t.Errorf("got\n%s", text)
	}
	var headings []string
	for line := range strings.Lines(text) {
		if heading, is := strings.CutSuffix(line, ":\n"); is && !strings.HasPrefix(line, " ") {
			headings = append(headings, heading)
		}
	}
	want := []string{"Response", "Listening", "TLS", "Certificates", "Timeouts", "Limits", "Proxies", "What it tells", "The end", "These settings"}
	if !slices.Equal(headings, want) {
		t.Errorf("the headings are %q, want %q", headings, want)
	}
}

func TestEntriesOfTheHelpAreWrapped(t *testing.T) {
	room := helpWidth - helpIndent
	for about, want := range map[string]string{
		strings.Repeat("a", room):                 "  name" + strings.Repeat(" ", helpIndent-6) + strings.Repeat("a", room) + "\n",
		"a " + strings.Repeat("b", room-2) + " c": "  name" + strings.Repeat(" ", helpIndent-6) + "a " + strings.Repeat("b", room-2) + "\n" + strings.Repeat(" ", helpIndent) + "c\n",
	} {
		var text strings.Builder
		printEntry(&text, "name", about)
		if text.String() != want {
			t.Errorf("got\n%swant\n%s", text.String(), want)
		}
	}
}

// Every setting is in one list, and what a name means does not depend on the command.
func TestSettingsAreDeclaredOnce(t *testing.T) {
	kinds := make(map[string]kind)
	for _, c := range newRoot(&process{}).Commands() {
		seen := make(map[string]bool)
		for _, s := range settingsOf(c) {
			if s.group == "" || s.about == "" || s.kind.example == "" || s.value == nil || seen[s.name] {
				t.Errorf("%s: %s lacks a part, or is there twice", c.Name(), s.name)
			}
			seen[s.name] = true
			if before, found := kinds[s.name]; found && (before.word != s.kind.word || before.repeats != s.kind.repeats) {
				t.Errorf("--%s is of two kinds", s.name)
			}
			kinds[s.name] = s.kind
		}
		c.Flags().VisitAll(func(f *pflag.Flag) {
			if _, is := f.Value.(flagOf); !is && len(seen) > 0 && f.Name != "help" {
				t.Errorf("%s: --%s is no setting", c.Name(), f.Name)
			}
		})
	}
	if len(kinds) < 30 {
		t.Errorf("there are %d settings", len(kinds))
	}
}

func TestCompletionScripts(t *testing.T) {
	for shell, want := range map[string]string{"bash": "__start_troupe", "zsh": "#compdef troupe", "fish": "complete -c troupe", "powershell": "Register-ArgumentCompleter"} {
		if status, script, stderr := ran(nil, "completion", shell); status != exitOK || stderr != "" || !strings.Contains(script, want) {
			t.Errorf("%s: exit status %d, %q, %d octets; want %q in it", shell, status, stderr, len(script), want)
		}
	}
}

func TestCompletions(t *testing.T) {
	// What the library calls ShellCompDirectiveNoFileComp, Default, FilterFileExt and FilterDirs.
	const none, files, extension, directories = ":4", ":0", ":8", ":16"
	for _, test := range []struct {
		args string // the last one is what is completed; . is nothing
		want []string
	}{
		{"ser", []string{"serve", none}},
		{"--log-f", []string{"--log-format", none}},
		{"--log-level .", []string{"debug", "info", "warn", "error", none}},
		{"-log-format .", []string{"text", "json", none}},
		{"serve --error-detail l", []string{"none", "loopback", "all", none}},
		{"respond --tls-cert .", []string{files}},
		{"respond --body-file .", []string{files}},
		{"validate --config .", []string{"toml", extension}},
		{"--addr .", []string{none}},
		{"serve .", []string{directories}},
		{"validate .", []string{directories}},
		{"serve site .", []string{none}},
		{"--root .", []string{directories}},
		{"respond .", []string{none}},
		{"help .", []string{"completion", "help", "new", "proxy", "respond", "routes", "serve", "validate", "version", none}}, // the script chooses
		{"help serve .", []string{none}},
		{"completion z", []string{"zsh", none}},
	} {
		args := strings.Fields("__completeNoDesc " + test.args)
		args[len(args)-1] = strings.TrimSuffix(args[len(args)-1], ".")
		_, stdout, stderr := ran(nil, args...)
		if got := strings.Fields(stdout); !slices.Equal(got, test.want) || !strings.HasPrefix(stderr, "Completion ended") {
			t.Errorf("%s: got %q, %q, want %q", test.args, got, stderr, test.want)
		}
	}
}
