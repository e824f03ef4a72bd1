package porter_test

import (
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/methods/methodtest"
	"github.com/cardea-auth/cardea/methods/porter"
)

func TestMethod(t *testing.T) {
	methodtest.Run(t, methodtest.Case{
		Open: func(*testing.T) core.Method {
			m, _ := porter.Config{Word: "sesame"}.Open("porter", core.Deps{})
			return m
		},
		GoodHeader: api.Header{"X-Porter": {"sesame"}}, BadHeaders: []api.Header{{"X-Porter": {"rye"}}},
		Foreign: []api.Credential{{Kind: api.Basic, User: "guest", Password: "sesame"}}, Want: "porter:guest",
	})
}
