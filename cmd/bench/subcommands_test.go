package main

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

func TestSubcommandsRepeatThemselves(t *testing.T) {
	overload, crash, slow, soak := &overloadOptions{}, &crashOptions{}, &slowOptions{}, &soakOptions{}
	memory, poison, fair := &memoryOptions{}, &poisonOptions{}, &fairOptions{}
	for _, c := range []struct {
		sub     subcommand
		args    string
		command func() string
		want    string
	}{
		{subcommand{flags: overloadFlags(overload), validate: overload.validate}, "--rounds 2 --out x", overload.command,
			"overload --for 5s --rounds 2 --write"},
		{subcommand{flags: crashFlags(crash), validate: crash.validate}, "--routes 20", crash.command, "crash --routes 20 --write"},
		{subcommand{flags: slowFlags(slow), validate: slow.validate}, "--for 3s", slow.command,
			"slow --for 3s --connections 1000 --write"},
		{subcommand{flags: soakFlags(soak), validate: soak.validate}, "--seed 7", soak.command, "soak --for 1m0s --seed 7 --write"},
		{subcommand{flags: memoryFlags(memory), validate: memory.validate}, "--for 3s", memory.command,
			"memory --for 3s --rounds 1 --write"},
		{subcommand{flags: poisonFlags(poison), validate: poison.validate}, "--rounds 2", poison.command,
			"poison --for 30s --rounds 2 --write"},
		{subcommand{flags: fairFlags(fair), validate: fair.validate}, "--greedy 100", fair.command,
			"fair --for 20s --greedy 100 --rounds 1 --write"},
	} {
		if err := c.sub.parse(strings.Fields(c.args)); err != nil {
			t.Fatal(err)
		}
		if c.command() != c.want {
			t.Errorf("the command is %q, want %q", c.command(), c.want)
		}
	}
}

func TestBadOptionsOfSubcommands(t *testing.T) {
	for args, want := range map[string]string{
		"overload --rounds 0":          "--rounds",
		"overload --for 1500ms":        "whole seconds",
		"overload more":                `unexpected argument "more"`,
		"crash --routes 0":             "--routes",
		"crash --routes 301":           "--routes",
		"slow --for 11m":               "at most 10m",
		"slow --connections 1001":      "--connections",
		"soak --for 0s":                "whole seconds",
		"soak --seed -1":               "seed",
		"memory --rounds 0":            "--rounds",
		"memory --attack flood":        `unknown attack "flood"; there are abandoned GETs; `,
		"memory --attack idle --write": "exclude each other",
		"memory --for 1500ms":          "whole seconds",
		"poison --rounds 0":            "--rounds",
		"poison --dose lethal":         `unknown dose "lethal"; there are 1 in 5 s, `,
		"poison --for 0s":              "whole seconds",
		"fair --rounds 0":              "--rounds",
		"fair --greedy 9001":           "--greedy",
		"fair --for 11m":               "at most 10m",
		"storm":                        `unknown command "storm"`,
		"peer":                         "peer needs",
		"peer troupe --serve what":     "--serve needs one of crash, fair, hello, memory, memory-proxied, memory-tls, poison, proxied, slow, soak, tls, work",
		"peer nethttp --serve soak":    "--serve needs one of fair, hello, memory, memory-tls, poison, proxied, tls, work",
	} {
		err := command(t.Context(), strings.Fields(args))
		var mistaken *usageError
		if !errors.As(err, &mistaken) || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v, want a usage error of one line with %q", args, err, want)
		}
	}
}

func TestUsageListsTheFlagsOfEachCommand(t *testing.T) {
	for name, create := range subcommands {
		var b strings.Builder
		printUsage(&b, name, create().flags)
		for _, want := range []string{"Flags of " + name + ":\n", "bench " + name, "-write"} {
			if name != "run" && !strings.Contains(b.String(), want) {
				t.Errorf("the usage of %s lacks %q", name, want)
			}
		}
	}
}

func TestEveryPeerServesWhatItSays(t *testing.T) {
	for name, serves := range goPeers {
		for what := range serves {
			if slices.ContainsFunc(idleKinds, func(kind idleKind) bool { return kind.serve == what }) {
				continue // see TestEveryGoPeerAnswersAlikeAndEndsCleanly, TestIdleConnectionsOfEachKindAreCounted
			}
			t.Run(name+" "+what, func(t *testing.T) {
				p, err := startServing(t.Context(), name, what)
				if err != nil {
					t.Fatal(err)
				}
				v := &visitor{addr: p.addr, secure: what == "memory-tls"}
				path := map[string]string{"crash": "/ordinary", "work": workPath, "fair": workPath}[what]
				if path == "" {
					path = healthPath
				}
				if r := get(t.Context(), v, path); r.status != 200 {
					t.Errorf("GET %s: got %+v, want 200", path, r)
				}
				v.close()
				if err := p.stop(); err != nil {
					t.Error(err)
				}
			})
		}
	}
}
