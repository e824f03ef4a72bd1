package netguard

import (
	"fmt"
	"net/netip"
)

// CheckPublic returns an error unless the address "ip:port" is public: not a loopback,
// private, link-local or reserved address. Call it from a net.Dialer's Control with the
// resolved address, so that a name that resolves differently after the check cannot bypass
// it.
func CheckPublic(address string) error {
	at, err := netip.ParseAddrPort(address)
	if err != nil {
		return err
	}
	ip := at.Addr().Unmap()
	if !ip.IsGlobalUnicast() || ip.IsPrivate() || reserved(ip) {
		return fmt.Errorf("address %s is not public: allow private addresses if this is intended", ip)
	}
	return nil
}

// reserved reports whether ip is in a range that net/netip treats as public but is not (RFC
// 6890), or in one whose addresses contain an IPv4 address, which could be any.
func reserved(ip netip.Addr) bool {
	for _, block := range [...]string{
		"0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.0.2.0/24", "198.18.0.0/15", "198.51.100.0/24",
		"203.0.113.0/24", "240.0.0.0/4", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23",
		"2001:db8::/32", "2002::/16", "fec0::/10", "::/96",
	} {
		if netip.MustParsePrefix(block).Contains(ip) {
			return true
		}
	}
	return false
}
