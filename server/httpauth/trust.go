package httpauth

import (
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// Trust lists the proxies that may set, in X-Forwarded-For and X-Forwarded-Proto, where a
// request came from. They cannot set anything else: method, host and path are always
// those of the request itself. The zero value trusts no proxy.
type Trust struct {
	Proxies []netip.Prefix
}

func (t Trust) includes(addr netip.Addr) bool {
	for _, p := range t.Proxies {
		if p.Contains(addr) {
			return true
		}
	}
	return false
}

// Trusts reports whether the peer of the connection is a trusted proxy or uses a Unix
// socket, whose peers have no address. An invalid address is not trusted.
func (t Trust) Trusts(r *http.Request) bool {
	hop, known := hopOf(r)
	return known && t.includes(hop) || !known && byUnixSocket(r)
}

// hopOf returns the address of the connection's peer. Middleware may have set one without
// a port.
func hopOf(r *http.Request) (netip.Addr, bool) {
	if hop, err := netip.ParseAddrPort(r.RemoteAddr); err == nil {
		return hop.Addr().Unmap(), true
	}
	hop, err := netip.ParseAddr(strings.Trim(r.RemoteAddr, "[]"))
	return hop.Unmap(), err == nil
}

// byUnixSocket uses the server's own address if it is known.
func byUnixSocket(r *http.Request) bool {
	if local, ok := r.Context().Value(http.LocalAddrContextKey).(net.Addr); ok {
		return local.Network() == "unix"
	}
	return r.RemoteAddr == "" || r.RemoteAddr == "@"
}

// Peer returns the client's address: the nearest hop that is not a trusted proxy. It is
// the zero value if the connection has no address.
func (t Trust) Peer(r *http.Request) netip.Addr {
	peer, _ := t.origin(r)
	return peer
}

// origin returns the nearest hop that is not trusted, and the scheme of the client.
func (t Trust) origin(r *http.Request) (peer netip.Addr, scheme string) {
	scheme = "http"
	if r.TLS != nil {
		scheme = "https"
	}
	peer, known := hopOf(r)
	if !known {
		return netip.Addr{}, scheme // a Unix socket has no address
	}
	if !t.includes(peer) {
		return peer, scheme
	}
	if proto := r.Header["X-Forwarded-Proto"]; len(proto) == 1 && (proto[0] == "http" || proto[0] == "https") {
		scheme = proto[0]
	}
	return t.walk(peer, r.Header["X-Forwarded-For"]), scheme
}

// walk follows X-Forwarded-For from the last entry to the first, as long as the hops are
// trusted proxies. An invalid entry ends the walk at the last known hop.
func (t Trust) walk(peer netip.Addr, fields []string) netip.Addr {
	for i := len(fields) - 1; i >= 0; i-- {
		rest, more := fields[i], true
		for more {
			var entry string
			rest, entry, more = cutLast(rest)
			addr, err := netip.ParseAddr(strings.TrimSpace(entry))
			if err != nil || addr.Zone() != "" {
				return peer
			}
			if peer = addr.Unmap(); !t.includes(peer) {
				return peer
			}
		}
	}
	return peer
}

func cutLast(list string) (before, last string, found bool) {
	if i := strings.LastIndexByte(list, ','); i >= 0 {
		return list[:i], list[i+1:], true
	}
	return "", list, false
}
