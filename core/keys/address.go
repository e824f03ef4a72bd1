package keys

// PublicAddress returns an error unless "ip:port" is out on the Internet: no
// loopback, private, link-local or reserved range. A net.Dialer's Control calls it
// with what a name has been resolved to, so that a name that changes between
// check and use changes nothing. Plugins are held to it, as key sets are.
func PublicAddress(address string) error { return checkAddress(address) }
