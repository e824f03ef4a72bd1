package judge

import (
	"context"
	"slices"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/point"
	"github.com/cardea-auth/cardea/hooks"
)

// Reply judges changes of the reply to a login by hooks; it is the list of protected
// members.
type Reply []string

// Accept is the judge of token-response.
func (protected Reply) Accept(_ context.Context, before, after *point.TokenResponse, keyed bool) error {
	check := func(name string, value any) error {
		if keyed && slices.Contains(protected, name) {
			return hooks.NotAcceptable("response."+name, "must stay as it is: the reply is about it")
		}
		return checkMember("response.", name, value)
	}
	if err := ChangedMembers(before.Fields, after.Fields, check); err != nil || !keyed {
		return err
	}
	return Missing("response.", before.Fields, after.Fields, func(name string) bool { return slices.Contains(protected, name) })
}

// Missing returns an error if a member of before that belongs to the engine is missing in
// after.
func Missing(prefix string, before, after api.Claims, owned func(name string) bool) error {
	for name := range before.All {
		if _, there := after.Get(name); !there && owned(name) {
			return hooks.NotAcceptable(prefix+name, "must not be deleted")
		}
	}
	return nil
}

var _ hooks.Judge[point.TokenResponse] = Reply{}.Accept
