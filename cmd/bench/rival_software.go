package main

import (
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
)

// software names the versions of the servers that took part, and of the tools besides.
func software(names []string, tools ...string) string {
	versions := []string{runtime.Version()}
	if slices.Contains(names, fastHTTP) {
		versions = append(versions, "fasthttp "+moduleVersion("github.com/valyala/fasthttp"))
	}
	if slices.Contains(names, nginx) {
		versions = append(versions, "nginx "+versionIn(toldBy("nginx", "-v")))
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
