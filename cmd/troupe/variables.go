package main

import (
	"log/slog"
	"regexp"
	"slices"
	"strings"
)

// variables are the environment, as in os.Environ.
type variables []string

// get returns the value of a variable; "" if it is not set.
func (v variables) get(name string) string {
	for _, one := range v {
		if value, is := strings.CutPrefix(one, name+"="); is {
			return value
		}
	}
	return ""
}

// variablePrefix begins the names of our variables.
const variablePrefix = "TROUPE_"

// variable returns the environment variable of a flag: TROUPE_LOG_LEVEL for log-level.
func variable(name string) string {
	return variablePrefix + strings.ToUpper(strings.ReplaceAll(name, "-", "_"))
}

// kubernetes matches variables that Kubernetes sets for a service named troupe.
var kubernetes = regexp.MustCompile(`^TROUPE_(SERVICE_(HOST|PORT)|PORT_\d+_(TCP|UDP|SCTP))`)

// unknown returns the names of variables that look like ours but set nothing in any command, except those of
// Kubernetes for a service named troupe.
func (v variables) unknown() (names []string) {
	known := knownVariables()
	for _, one := range v {
		name, value, _ := strings.Cut(one, "=")
		if !strings.HasPrefix(name, variablePrefix) || kubernetes.MatchString(name) || name == "TROUPE_PORT" && strings.Contains(value, "://") {
			continue
		}
		if !slices.Contains(known, name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// knownVariables returns the variables of all settings of all commands.
func knownVariables() (names []string) {
	for _, of := range namesOfAllSettings() {
		names = append(names, variable(of))
	}
	return names
}

// warnOfUnknown warns of variables that set nothing: with a typo, a setting would be silently missing.
func (v variables) warnOfUnknown(log *slog.Logger) {
	for _, name := range v.unknown() {
		log.Warn("unknown variable", "actor", "server", "name", shown(name), "see", "troupe help serve")
	}
}
