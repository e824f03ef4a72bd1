package all

import "github.com/cardea-auth/cardea/server/dialect"

// Protection returns what the plugin of the dialect of that name asks of requests
// to the site of a mount, with the mount as in [Open]; ok is false for a dialect
// that stands in for no plugin.
func Protection(name string, m dialect.Mount) (p dialect.Protection, ok bool, err error) {
	d, _, err := Open(name, m)
	if err != nil {
		return dialect.Protection{}, false, err
	}
	protector, ok := d.(dialect.Protector)
	if !ok {
		return dialect.Protection{}, false, nil
	}
	return protector.Protection(), true, nil
}
