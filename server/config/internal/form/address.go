package form

import (
	"net/netip"

	"github.com/cardea-auth/cardea/server/config/internal/tree"
)

// Clash reports whether two listen addresses conflict: they have the same port, and the
// same host or one that means every interface.
func Clash(a, b string) bool {
	hostA, portA, okA := CutPort(a)
	hostB, portB, okB := CutPort(b)
	if !okA || !okB || portA != portB || portA == "0" {
		return false
	}
	return hostA == hostB || isEveryHost(hostA) || isEveryHost(hostB) || isLoopbackName(hostA, hostB) || isLoopbackName(hostB, hostA)
}

func isEveryHost(host string) bool {
	addr, err := netip.ParseAddr(host)
	return host == "" || err == nil && addr.IsUnspecified()
}

// isLoopbackName reports whether name is localhost and address a loopback address.
func isLoopbackName(name, address string) bool {
	return name == "localhost" && (address == "127.0.0.1" || address == "::1")
}

// BadProxy checks an address, or a network no larger than a private one. If a larger
// network were trusted, any client in it could forge its address.
func BadProxy(text string) string {
	if addr, err := netip.ParseAddr(text); err == nil {
		if addr.Zone() == "" && !addr.IsUnspecified() && !addr.Is4In6() {
			return ""
		}
		return tree.Quote(text) + " names no single host: write the proxy's address"
	}
	prefix, err := netip.ParsePrefix(text)
	switch {
	case err != nil:
		return tree.Quote(text) + " is not an address or network: write it as 10.0.0.1 or 10.0.0.0/8"
	case prefix.Addr().Is4In6():
		return tree.Quote(text) + " is an IPv4 network in IPv6 form: write it as IPv4"
	case prefix.Masked() != prefix:
		return tree.Quote(text) + " has bits behind the mask: write " + prefix.Masked().String()
	case prefix.Bits() < widest(prefix):
		return tree.Quote(text) + " includes addresses of others: list the networks of your own proxies"
	}
	return ""
}

// widest returns the shortest prefix length of a private network: 10.0.0.0/8 and fc00::/7.
func widest(p netip.Prefix) int {
	if p.Addr().Is4() {
		return 8
	}
	return 7
}
