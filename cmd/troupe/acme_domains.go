package main

import (
	"net/netip"
	"regexp"
	"slices"
	"strings"
)

// domains are those of certificates.
type domains []string

func (d *domains) Set(text string) error {
	*d = append(*d, strings.ToLower(text))
	return nil
}

func (d *domains) Clear()             { *d = nil }
func (d *domains) Elements() []string { return *d }
func (d *domains) String() string     { return strings.Join(*d, ",") }

var domain = regexp.MustCompile(`^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`)

// check refuses what no authority can certify in the way that we can prove it.
func (d *domains) check() error {
	for i, one := range *d {
		mistake := ""
		switch {
		case isAddress(one):
			mistake = "it is an IP address; write a domain, as example.com"
		case strings.HasPrefix(one, "*."):
			mistake = "a wildcard is proved by DNS, which this program does not do; write each domain"
		case !strings.Contains(strings.Trim(one, "."), "."):
			mistake = "a domain has a dot, as example.com"
		case len(one) > 253 || !domain.MatchString(one):
			mistake = "no domain, as example.com; letters of other scripts are written as xn--"
		case slices.Contains((*d)[:i], one):
			mistake = "it is there twice"
		}
		if mistake != "" {
			return wrong("%v %q: %s", name("acme"), one, mistake)
		}
	}
	return nil
}

func isAddress(text string) bool {
	_, err := netip.ParseAddr(strings.Trim(text, "[]"))
	return err == nil
}
