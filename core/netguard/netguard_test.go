package netguard_test

import (
	"testing"

	"github.com/cardea-auth/cardea/core/netguard"
)

func TestCheckPublic(t *testing.T) {
	for address, public := range map[string]bool{
		"1.1.1.1:443": true, "[2606:4700::1111]:443": true, "172.32.0.1:443": true,
		"127.0.0.1:443": false, "[::1]:443": false, "[::ffff:127.0.0.1]:443": false, "0.0.0.0:443": false,
		"10.1.2.3:443": false, "172.16.0.1:443": false, "192.168.1.1:443": false, "169.254.169.254:80": false,
		"100.64.0.1:443": false, "224.0.0.1:443": false, "255.255.255.255:443": false, "198.18.0.1:443": false,
		"[fe80::1]:443": false, "[fd00::1]:443": false, "[ff02::1]:443": false, "[fd00:ec2::254]:80": false,
		// The bounds of every block in RFC 6890, and the addresses just outside.
		"192.0.0.0:443": false, "192.0.0.255:443": false, "192.0.1.0:443": true, "192.0.2.0:443": false, "192.0.2.255:443": false, "192.0.3.0:443": true,
		"198.17.255.255:443": true, "198.18.0.0:443": false, "198.19.255.255:443": false, "198.20.0.0:443": true,
		"198.51.99.255:443": true, "198.51.100.0:443": false, "198.51.100.255:443": false, "198.51.101.0:443": true,
		"203.0.112.255:443": true, "203.0.113.0:443": false, "203.0.113.255:443": false, "203.0.114.0:443": true,
		"100.63.255.255:443": true, "100.64.0.0:443": false, "100.127.255.255:443": false, "100.128.0.0:443": true,
		"0.255.255.255:443": false, "1.0.0.0:443": true, "223.255.255.255:443": true, "240.0.0.0:443": false, "254.255.255.255:443": false,
		"[64:ff9b:1::1]:443": false, "[64:ff9b:2::1]:443": true, "[100::1]:443": false, "[100:0:0:1::]:443": true, "[2001::1]:443": false,
		"[2001:1ff:ffff::]:443": false, "[2001:200::]:443": true, "[2001:db7:ffff::]:443": true, "[2001:db8::1]:443": false, "[2001:db9::]:443": true,
		"[2003::1]:443": true, "[fec0::1]:443": false, "[feff::1]:443": false, "[::ffff:10.0.0.1]:443": false, "[::ffff:1.1.1.1]:443": true,
		"[64:ff9b::7f00:1]:443": false, "[2002:7f00:1::]:443": false, "[::7f00:1]:443": false, "name:443": false,
	} {
		if err := netguard.CheckPublic(address); (err == nil) != public {
			t.Errorf("%s: %v, want allowed %v", address, err, public)
		}
	}
}
