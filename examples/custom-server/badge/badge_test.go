package badge_test

import (
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/examples/custom-server/badge"
	"github.com/cardea-auth/cardea/methods/methodtest"
)

func TestMethod(t *testing.T) {
	methodtest.Run(t, methodtest.Case{
		Open: func(t *testing.T) core.Method {
			m, err := badge.Config{Header: "X-Badge", Badge: "blue", User: "porter"}.Open("badge", core.Deps{})
			if err != nil {
				t.Fatal(err)
			}
			return m
		},
		GoodHeader: api.Header{"X-Badge": {"blue"}}, BadHeaders: []api.Header{{"X-Badge": {"red"}}},
		Foreign: []api.Credential{{Kind: api.Basic, User: "porter", Password: "blue"}},
		Want:    "badge:porter",
	})
}

// TestConfig: a badge without a holder is an error.
func TestConfig(t *testing.T) {
	if m, err := (badge.Config{Badge: "blue"}).Open("badge", core.Deps{}); err == nil {
		t.Errorf("opened %v", m)
	}
}
