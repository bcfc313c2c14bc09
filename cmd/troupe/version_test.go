package main

import (
	"encoding/json"
	"runtime"
	"runtime/debug"
	"testing"
)

func TestVersion(t *testing.T) {
	here := runtime.Version() + " " + runtime.GOOS + "/" + runtime.GOARCH
	info := func(version string, settings ...debug.BuildSetting) *debug.BuildInfo {
		return &debug.BuildInfo{Main: debug.Module{Version: version}, Settings: settings}
	}
	revision := debug.BuildSetting{Key: "vcs.revision", Value: "9b5ca68"}
	for want, of := range map[string]*debug.BuildInfo{
		"(unknown) " + here:                        nil,
		"(devel) " + here:                          info("(devel)"),
		"v1.2.3 revision 9b5ca68 " + here:          info("v1.2.3", revision, debug.BuildSetting{Key: "vcs.modified", Value: "false"}),
		"v1.2.3 revision 9b5ca68 dirty " + here:    info("v1.2.3", revision, debug.BuildSetting{Key: "vcs.modified", Value: "true"}),
		"(unknown) revision 9b5ca68 dirty " + here: info("", debug.BuildSetting{Key: "vcs.modified", Value: "true"}, revision),
	} {
		if got := buildOf(of).String(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestVersionForMachines(t *testing.T) {
	status, stdout, stderr := ran(nil, "version", "--json")
	var got build
	if err := json.Unmarshal([]byte(stdout), &got); err != nil || status != exitOK || stderr != "" || got != thisBuild() || got.Go != runtime.Version() {
		t.Errorf("exit status %d, %q, %q: %+v, %v", status, stdout, stderr, got, err)
	}
}
