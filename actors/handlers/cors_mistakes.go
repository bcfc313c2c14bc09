package handlers

import (
	"net/url"
	"slices"
	"strings"
)

// check panics if the options cannot be meant.
func (o *CORSOptions) check() {
	if len(o.Origins) == 0 && o.AllowOrigin == nil {
		mistake(`CORS: no origin is allowed: write Origins: []string{"https://app.example"}, or leave CORS out`)
	}
	if o.Credentials && slices.Contains(o.Origins, "*") {
		mistake(`CORS: credentials for all origins would let every site act for its visitors, and no browser allows it: ` +
			`write Origins: []string{"https://app.example"}, or leave Credentials out`)
	}
	if slices.Contains(o.Origins, "*") && (len(o.Origins) > 1 || o.AllowOrigin != nil) {
		mistake(`CORS: "*" allows all origins already: write Origins: []string{"*"} and nothing else, or only your own origins`)
	}
	for _, origin := range o.Origins {
		if why := whyNoOrigin(origin); why != "" {
			mistake("CORS: the origin %q %s", origin, why)
		}
	}
	for _, list := range []struct {
		name  string
		names []string
	}{{"Methods", o.Methods}, {"Headers", o.Headers}, {"Exposed", o.Exposed}} {
		for _, name := range list.names {
			o.checkName(list.name, name)
		}
	}
}

func (o *CORSOptions) checkName(list, name string) {
	switch {
	case name == "" || !isPrintable(name) || strings.ContainsAny(name, ` ,;:"()<>@[]{}=/?\`):
		mistake("CORS: %s has %q, which is no name: write each name on its own", list, name)
	case name == "*" && o.Credentials:
		mistake(`CORS: %s has "*", which with Credentials stands for itself (Fetch §3.3.5): list the names`, list)
	case list == "Methods" && name != strings.ToUpper(name):
		mistake("CORS: Methods has %q, and methods are case-sensitive: write %q", name, strings.ToUpper(name))
	}
}

// whyNoOrigin says why no browser sends that origin; "" if one may.
func whyNoOrigin(origin string) string {
	if origin == "*" {
		return ""
	}
	if origin == "null" {
		return `is that of any sandboxed frame, so everybody has it: leave it out`
	}
	u, err := url.Parse(origin)
	if err != nil || u.Scheme == "" || u.Host == "" {
		return `is none: write scheme and host, as "https://app.example"`
	}
	plain := strings.ToLower(u.Scheme + "://" + u.Host)
	switch {
	case strings.Contains(u.Host, "*"):
		return "has a wildcard: write AllowOrigin, a function that compares the whole"
	case !isPrintable(u.Host):
		return "has letters that browsers encode: write its host in punycode, as xn--…"
	case u.Scheme == "https" && u.Port() == "443", u.Scheme == "http" && u.Port() == "80":
		return "has the port that browsers leave out: write \"" + plain[:strings.LastIndexByte(plain, ':')] + "\""
	case origin != plain:
		return "is not as browsers write it: write \"" + plain + "\""
	}
	return ""
}
