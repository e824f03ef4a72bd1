package abi

import "testing"

// TestPoints_rights: every key through which a hook could change roles or scopes needs the
// right, and headers are granted by name.
func TestPoints_rights(t *testing.T) {
	for _, p := range Points() {
		for _, k := range p.Keys {
			isRight := k.Name == "user.roles" || k.Name == "user.scopes"
			if k.Write && isRight && k.Wants != AllowRoles {
				t.Errorf("%s: %s can be written without %s", p.Name, k.Name, AllowRoles)
			}
			if k.Write && k.Name == "header.*" && !k.Named {
				t.Errorf("%s: %s can be granted without names", p.Name, k.Name)
			}
		}
	}
}
