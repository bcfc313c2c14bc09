package main

import (
	"errors"
	"strings"
	"testing"

	"github.com/troupe-go/troupe/cmd/bench/internal/cli"
)

func TestSubcommandsRepeatThemselves(t *testing.T) {
	for args, want := range map[string]string{
		"overload --rounds 2 --out x": "overload --for 5s --rounds 2 --write",
		"crash --routes 20":           "crash --routes 20 --write",
		"slow --for 3s":               "slow --for 3s --connections 1000 --write",
		"soak --seed 7":               "soak --for 1m0s --seed 7 --write",
		"memory --for 3s":             "memory --for 3s --rounds 1 --write",
		"poison --rounds 2":           "poison --for 30s --rounds 2 --write",
		"fair --greedy 100":           "fair --for 20s --greedy 100 --rounds 1 --write",
		"placements --rounds 3":       "placements --for 2s --rounds 3 --write",
	} {
		name, flags, _ := strings.Cut(args, " ")
		sub := subcommands[name]()
		if err := cli.Parse(sub, strings.Fields(flags)); err != nil {
			t.Fatal(err)
		}
		if sub.Command() != want {
			t.Errorf("%s: the command is %q, want %q", args, sub.Command(), want)
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
		"placements --rounds 0":        "--rounds",
		"placements --for 0s":          "whole seconds",
		"storm":                        `unknown command "storm"`,
		"rival":                        "rival needs",
		"rival troupe --serve what":    "--serve needs one of crash, fair, handlers, hello, memory, memory-proxied, memory-tls, placements, poison, proxied, slow, soak, tls, work",
		"rival nethttp --serve soak":   "--serve needs one of fair, handlers, hello, memory, memory-tls, placements, poison, proxied, tls, work",
	} {
		err := command(t.Context(), strings.Fields(args))
		var mistaken *cli.UsageError
		if !errors.As(err, &mistaken) || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v, want a usage error of one line with %q", args, err, want)
		}
	}
}

func TestUsageListsTheFlagsOfEachCommand(t *testing.T) {
	for name, create := range subcommands {
		var b strings.Builder
		printUsage(&b, name, cli.FlagsOf(create()))
		for _, want := range []string{"Flags of " + name + ":\n", "bench " + name, "-write"} {
			if name != "run" && !strings.Contains(b.String(), want) {
				t.Errorf("the usage of %s lacks %q", name, want)
			}
		}
	}
}
