package machine

import (
	"os/exec"
	"strings"
)

// ToldBy returns the output of a program, even if it fails: wrk -v ends with status 1.
func ToldBy(program string, args ...string) string {
	output, _ := exec.Command(program, args...).CombinedOutput()
	return string(output)
}

// VersionIn returns the first word that has a digit after a slash, or begins with a digit: both "nginx version:
// nginx/1.22.1" and "wrk debian/4.1.0-3 [epoll]" have one.
func VersionIn(text string) string {
	for _, word := range strings.Fields(text) {
		version := word[strings.LastIndexByte(word, '/')+1:]
		if version != "" && version[0] >= '0' && version[0] <= '9' {
			return version
		}
	}
	return "of unknown version"
}
