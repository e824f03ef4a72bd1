package narrow

import (
	"slices"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/hooks"
)

// Narrower returns an error if after has a role or scope that before lacks.
func Narrower(before, after *api.Identity) error {
	if Within(after.Roles, before.Roles) && Within(after.Scopes, before.Scopes) {
		return nil
	}
	return hooks.NotAcceptable("user.roles and user.scopes", "must not gain members: that needs the right roles.widen")
}

// Within reports whether all elements of list are in all.
func Within(list, all []string) bool {
	return !slices.ContainsFunc(list, func(s string) bool { return !slices.Contains(all, s) })
}

// Common returns the elements of list that are in with, or list itself if all are.
func Common(list, with []string) []string {
	if Within(list, with) {
		return list
	}
	return slices.DeleteFunc(slices.Clone(list), func(s string) bool { return !slices.Contains(with, s) })
}
