package rivals

import (
	"runtime"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/troupe-go/troupe/cmd/bench/internal/machine"
	"github.com/troupe-go/troupe/cmd/bench/internal/roster"
)

// Software names the versions of the servers that took part, and of the tools.
func Software(names []string, tools ...string) string {
	versions := []string{runtime.Version()}
	if slices.Contains(names, roster.FastHTTP) {
		versions = append(versions, "fasthttp "+moduleVersion("github.com/valyala/fasthttp"))
	}
	if slices.Contains(names, roster.Nginx) {
		versions = append(versions, "nginx "+machine.VersionIn(machine.ToldBy("nginx", "-v")))
	}
	return strings.Join(append(versions, tools...), ", ")
}

func moduleVersion(path string) string {
	info, ok := debug.ReadBuildInfo()
	if ok {
		for _, module := range info.Deps {
			if module.Path == path {
				return module.Version
			}
		}
	}
	return "of unknown version"
}
