package point

import (
	"github.com/cardea-auth/cardea/hooks"
	"github.com/cardea-auth/cardea/hooks/view"
)

// The keys whose views are not generated.

func loginAttemptChallenge() view.Field[LoginAttempt] {
	return challengeField("challenge", func(c *Challenge) *string { return &c.Kind })
}

func loginAttemptChallengeText() view.Field[LoginAttempt] {
	return challengeField("challenge_text", func(c *Challenge) *string { return &c.Public })
}

// challengeField sets a field of a challenge in a copy, since setters must not change what
// a value points to.
func challengeField(key string, of func(*Challenge) *string) view.Field[LoginAttempt] {
	return view.Field[LoginAttempt]{
		Key: key,
		Get: func(v *LoginAttempt) (hooks.Value, bool) {
			if v.Challenge == nil {
				return hooks.Value{}, false
			}
			return hooks.String(*of(v.Challenge)), true
		},
		Set: func(v *LoginAttempt, text hooks.Value) error {
			c := Challenge{}
			if v.Challenge != nil {
				c = *v.Challenge
			}
			*of(&c) = text.Text()
			v.Challenge = &c
			return nil
		},
	}
}

// lifetimeExp is the lifetime as its end in Unix time.
func lifetimeExp() view.Field[Lifetime] {
	return view.NumberVar("exp",
		func(v *Lifetime) int64 { return v.IssuedAt.Unix() + view.Seconds(v.Lifetime) },
		func(v *Lifetime, n int64) { v.Lifetime = view.Duration(max(n, 0) - v.IssuedAt.Unix()) })
}

func resolvedMethod() view.Field[Resolved] {
	return view.Text("method", func(v *Resolved) string { return v.Identity.Method })
}

func errorResponseStatus() view.Field[ErrorResponse] {
	return view.NumberVar("status",
		func(v *ErrorResponse) int64 { return int64(v.Status) },
		func(v *ErrorResponse, n int64) { v.Status = int(max(0, min(999, n))) })
}
