package plugins_test

import (
	"context"
	"fmt"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	shortexpiry "github.com/cardea-auth/cardea/examples/plugins/short-expiry"
	"github.com/cardea-auth/cardea/plugins"
	"github.com/cardea-auth/cardea/plugins/manifest"
)

// Load the sample plugin, which adds a claim from its configuration.
func ExampleHost() {
	ctx := context.Background()
	host, err := plugins.Open(ctx, plugins.Config{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer host.Close(ctx)

	plugin, err := host.Load(ctx, plugins.Spec{
		Module:   shortexpiry.Module(),
		Manifest: shortexpiry.Manifest(),
		SHA256:   shortexpiry.SHA256(),
		Config:   map[string]string{"claim": "plan", "value": "gold"},
		Grants:   manifest.Grants{Write: []string{"lifetime", "claim.plan"}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	points := core.NewHooks()
	if err := plugin.Bind(points.TokenClaims, plugins.Binding{}); err != nil {
		fmt.Println(err)
		return
	}

	token, err := points.TokenClaims.Apply(ctx, core.TokenClaims{Claims: api.NewClaims(api.Claim{Name: "sub", Value: "ada"})})
	fmt.Println(plugin.Name(), plugin.Version(), plugin.Points())
	fmt.Println(token.Claims.String("plan"), err)
	// Output:
	// short-expiry 1.0.0 [auth-expire token-claims]
	// gold <nil>
}
