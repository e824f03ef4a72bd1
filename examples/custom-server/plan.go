package main

import (
	"context"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/hooks"
)

// bindPlan adds the user's plan to every token as a claim.
func bindPlan(h *core.Hooks, name string, order hooks.Option) error {
	return h.TokenClaims.Bind(name, addPlan, order)
}

func addPlan(_ context.Context, t core.TokenClaims) (core.TokenClaims, error) {
	plan := "free"
	if t.Identity.HasRole("editor") {
		plan = "gold"
	}
	t.Claims = t.Claims.With("plan", plan)
	return t, nil
}
