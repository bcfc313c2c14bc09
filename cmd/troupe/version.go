package main

import (
	"encoding/json"
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"
)

// A build is what is known of how the program was built.
type build struct {
	Version  string `json:"version"`
	Revision string `json:"revision,omitempty"`
	Dirty    bool   `json:"dirty"` // the files differed from the revision
	Go       string `json:"go"`
	Platform string `json:"platform"`
}

// newVersionCommand makes the command that prints how the program was built.
func newVersionCommand(p *process) *cobra.Command {
	asJSON := false
	c := &cobra.Command{
		Use:               "version [flags]",
		Short:             "print the version; troupe --version does the same",
		Args:              noArguments,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(*cobra.Command, []string) error {
			if !asJSON {
				fmt.Fprintln(p.stdout, "troupe", version())
				return nil
			}
			return json.NewEncoder(p.stdout).Encode(thisBuild())
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print it as JSON")
	return c
}

// version is what the build has recorded, on one line.
func version() string { return thisBuild().String() }

func (b build) String() string {
	parts := []string{b.Version}
	if b.Revision != "" {
		parts = append(parts, "revision", b.Revision)
	}
	if b.Dirty {
		parts = append(parts, "dirty")
	}
	return strings.Join(append(parts, b.Go, b.Platform), " ")
}

func thisBuild() build {
	info, _ := debug.ReadBuildInfo()
	return buildOf(info)
}

// buildOf returns what is recorded. The information may be nil.
func buildOf(info *debug.BuildInfo) build {
	b := build{Version: "(unknown)", Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH}
	if info == nil {
		return b
	}
	if info.Main.Version != "" {
		b.Version = info.Main.Version
	}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			b.Revision = s.Value
		case "vcs.modified":
			b.Dirty = s.Value == "true"
		}
	}
	return b
}
