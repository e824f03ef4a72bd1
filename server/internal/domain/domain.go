package domain

import (
	"net/netip"
	"strings"

	"golang.org/x/net/publicsuffix"
)

// IsShared reports whether different owners can have hosts directly below host: it is a
// public suffix, such as com, co.uk or github.io, or an unknown single label, or has only
// public suffixes below it. host is in lower case and may have a port. localhost is not
// shared.
func IsShared(host string) bool {
	name, _, _ := strings.Cut(host, ":")
	name = strings.Trim(name, ".")
	if name == "localhost" {
		return false
	}
	if _, err := netip.ParseAddr(name); err == nil {
		return false // an IP address has no subdomains
	}
	for _, x := range []string{name, "any." + name} {
		if suffix, _ := publicsuffix.PublicSuffix(x); suffix == x {
			return true
		}
	}
	return false
}
