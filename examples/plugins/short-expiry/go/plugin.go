// Command go is short-expiry in Go: it limits access tokens to two hours and adds a claim
// from the configuration to each.
package main

//lint:file-ignore U1000 the host calls what is exported to it

import (
	"errors"

	hook "github.com/cardea-auth/cardea/plugins/sdk/go"
)

// lifetime is the maximum lifetime of an access token, in seconds.
const lifetime = 7200

// claim is the key to set, "" for none, and value its value. They are read once, before
// any hook runs.
var claim, value string

var _ = hook.OnConfigure(configure)

func main() {}

//go:wasmexport on_auth_expire
func onAuthExpire() int32 { return hook.Run(shorten) }

//go:wasmexport on_token_claims
func onTokenClaims() int32 { return hook.Run(addClaim) }

func configure(c hook.Config) error {
	name, ok := c.Get("claim")
	if !ok || name == "" {
		claim = ""
		return nil
	}
	if value, ok = c.Get("value"); !ok {
		return errors.New("claim is set and value is not: set both")
	}
	claim = "claim." + name
	return nil
}

func shorten(e *hook.Event) hook.Status {
	if proposed, ok := e.Int("lifetime"); !ok || proposed <= lifetime {
		return hook.NotApplicable
	}
	if err := e.SetInt("lifetime", lifetime); err != nil {
		return e.Fail(err)
	}
	return hook.Continue
}

func addClaim(e *hook.Event) hook.Status {
	if claim == "" {
		return hook.NotApplicable
	}
	if err := e.Set(claim, value); err != nil {
		return e.Fail(err)
	}
	return hook.Continue
}
