package issue

import (
	"context"
	"slices"
	"strings"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/internal/judge"
	"github.com/cardea-auth/cardea/core/point"
	"github.com/cardea-auth/cardea/core/token"
	"github.com/cardea-auth/cardea/hooks"
)

// claimsJudge judges the claims of a token; base are the claims before all hooks.
type claimsJudge struct {
	d    *draft
	base api.Claims
}

func (j claimsJudge) accept(_ context.Context, before, after *point.TokenClaims, keyed bool) error {
	check := func(name string, value any) error {
		if keyed && isStamped(name) {
			return hooks.NotAcceptable("claim."+name, "must be left to the engine, which stamps it")
		}
		return judge.CheckClaim(name, value)
	}
	if err := judge.ChangedMembers(before.Claims, after.Claims, check); err != nil {
		return err
	}
	if keyed {
		if err := judge.Missing("claim.", before.Claims, after.Claims, isStamped); err != nil {
			return err
		}
	}
	claims := j.d.stamp(after.Claims)
	if size, err := token.Size(claims); err != nil || size > judge.MaxClaims {
		return hooks.NotAcceptable(judge.Largest(before.Claims, after.Claims), "must keep the claims within %d bytes, as JSON", judge.MaxClaims)
	}
	if err := j.d.unforged(j.base, claims); err != nil {
		return hooks.NotAcceptable(j.forger(before.Claims, after.Claims), "must not change the user of the token: %v", err)
	}
	return nil
}

// forger returns the key of the claim whose change by itself makes the claims identify
// something else.
func (j claimsJudge) forger(before, after api.Claims) string {
	key := "claim.*"
	try := func(name string, changed api.Claims) {
		if key == "claim.*" && j.d.unforged(j.base, j.d.stamp(changed)) != nil {
			key = "claim." + name
		}
	}
	judge.ChangedMembers(before, after, func(name string, value any) error {
		try(name, before.With(name, value))
		return nil
	})
	for name := range before.All {
		if _, there := after.Get(name); !there {
			try(name, before.Without(name))
		}
	}
	return key
}

// judgeIssuer accepts only the token format's issuers.
func (d *draft) judgeIssuer(_ context.Context, _, after *point.Issuer, _ bool) error {
	if !slices.Contains(d.format.Profile.Issuers, after.Issuer) {
		return hooks.NotAcceptable("iss", "must be one of tokens.issuers, or the issuer of the token format")
	}
	return nil
}

// algorithmJudge is the list of keys that may sign.
type algorithmJudge []api.Key

func (keys algorithmJudge) accept(_ context.Context, _, after *point.Algorithm, _ bool) error {
	if indexAlgorithm(keys, after.Algorithm) >= 0 {
		return nil
	}
	var names []string
	for _, k := range keys {
		names = append(names, k.Algorithm)
	}
	return hooks.NotAcceptable("alg", "must be one that has an active key: %s", strings.Join(names, ", "))
}

// signing returns the keys that may sign the token, the default one first. All of them
// verify tokens of the token format.
func (d *draft) signing() []api.Key {
	own := d.format.Keys
	if len(own) == 0 || own[0].Weak {
		return d.e.Keys.Signing()
	}
	return slices.DeleteFunc(slices.Clone(own), func(k api.Key) bool { return k.Weak || !k.CanSign() })
}

func indexAlgorithm(keys []api.Key, algorithm string) int {
	return slices.IndexFunc(keys, func(k api.Key) bool { return k.Algorithm == algorithm })
}
