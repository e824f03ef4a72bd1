package route

import (
	"net"
	"net/netip"
	"strings"
)

// maxHost is the maximum length of a host name, including a trailing dot (RFC 1035).
const maxHost = 254

// Host returns the canonical form of an authority ("host" or "host:port"): lower case,
// without port, trailing dot or the brackets of an IPv6 address. An empty host, which
// HTTP/1.0 permits, stays empty. User information, zones, percent-encoding and non-ASCII
// letters (use the xn-- form) are refused with an [api.Error] (Invalid, bad_path).
func Host(host string) (string, error) {
	if isPlainHost(host) {
		return host, nil
	}
	name, err := cutPort(host)
	if err != nil {
		return "", err
	}
	if strings.Contains(name, ":") {
		return ipv6(name)
	}
	if host == "" {
		return "", nil
	}
	name = strings.TrimSuffix(name, ".")
	if !isHostName(name) {
		return "", bad("the host name is not valid")
	}
	return strings.ToLower(name), nil
}

// Authority is Host with the port kept. A Host header is forwarded in this form, so that
// the next server sees the host by which rules were matched.
func Authority(raw string) (string, error) {
	host, err := Host(raw)
	if err != nil || host == raw {
		return host, err
	}
	_, port, err := net.SplitHostPort(raw)
	if err == nil && port != "" {
		return net.JoinHostPort(host, port), nil
	}
	if strings.Contains(host, ":") {
		return "[" + host + "]", nil
	}
	return host, nil
}

// isPlainHost reports whether host is already canonical, as most are: labels of lower case
// letters, digits and hyphens.
func isPlainHost(host string) bool {
	if len(host) >= maxHost {
		return false
	}
	last := byte('.')
	for i := range len(host) {
		c := host[i]
		switch {
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9', c == '-', c == '.' && last != '.':
			last = c
		default:
			return false
		}
	}
	return last != '.'
}

func ipv6(name string) (string, error) {
	addr, err := netip.ParseAddr(name)
	if err != nil || addr.Zone() != "" {
		return "", bad("the host is not a valid IPv6 address")
	}
	return addr.String(), nil
}

// cutPort removes ":port" and the brackets of an IPv6 address.
func cutPort(host string) (string, error) {
	if inner, ok := strings.CutPrefix(host, "["); ok {
		addr, port, closed := strings.Cut(inner, "]")
		if !closed || !strings.Contains(addr, ":") || port != "" && (port[0] != ':' || !isPort(port[1:])) {
			return "", bad("the host is not a valid bracketed IPv6 address")
		}
		return addr, nil
	}
	name, port, _ := strings.Cut(host, ":")
	if strings.Contains(port, ":") {
		return host, nil // an IPv6 address without brackets, which rules may use
	}
	if !isPort(port) {
		return "", bad("the port in the host is not a number")
	}
	return name, nil
}

func isPort(s string) bool {
	return len(s) <= 5 && strings.Trim(s, "0123456789") == ""
}

func isHostName(name string) bool {
	if name == "" || len(name) >= maxHost || name[0] == '.' || strings.Contains(name, "..") {
		return false
	}
	for i := 0; i < len(name); i++ {
		if c := name[i]; !isAlphanumeric(c) && c != '-' && c != '.' && c != '_' {
			return false
		}
	}
	return name[len(name)-1] != '.'
}
