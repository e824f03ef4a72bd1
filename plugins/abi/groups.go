package abi

import "slices"

// Groups of keys that several points share.

// userKeys returns the keys of an identity; roles and scopes are writable if writable is
// true.
func userKeys(writable bool) []Key {
	keys := slices.Concat(
		read(Text, "user.sub", "user.login", "user.email", "user.nicename", "user.display", "user.first_name", "user.last_name"),
		read(Int, "user.id"))
	for _, k := range read(JSON, "user.roles", "user.scopes") {
		if writable {
			k.Write, k.Wants = true, AllowRoles
		}
		keys = append(keys, k)
	}
	return keys
}

func peerKeys() []Key { return read(Text, "peer", "user_agent") }

func requestKeys() []Key {
	return read(Text, "req.method", "req.path", "req.host", "req.query", "req.scheme", "req.peer", "req.header.*")
}

func read(t Type, names ...string) []Key {
	keys := make([]Key, len(names))
	for i, name := range names {
		keys[i] = Key{Name: name, Type: t}
	}
	return keys
}
