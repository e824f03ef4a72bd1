package domain

import (
	"net/netip"
	"strings"

	"golang.org/x/net/publicsuffix"
)

// IsShared reports whether strangers can have hosts directly below the host: it is a
// public suffix, such as com, co.uk or github.io, or a single label that no list
// knows, or only public suffixes are below it. host is in lower case and may have a
// port. Below localhost there are no strangers.
func IsShared(host string) bool {
	name, _, _ := strings.Cut(host, ":")
	name = strings.Trim(name, ".")
	if name == "localhost" {
		return false
	}
	if _, err := netip.ParseAddr(name); err == nil {
		return false // nothing is below an address
	}
	for _, x := range []string{name, "any." + name} {
		if suffix, _ := publicsuffix.PublicSuffix(x); suffix == x {
			return true
		}
	}
	return false
}
