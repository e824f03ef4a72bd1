package config_test

import (
	"fmt"

	"github.com/cardea-auth/cardea/methods/all"
	"github.com/cardea-auth/cardea/server/config"
	dialects "github.com/cardea-auth/cardea/server/dialect/all"
)

func ExampleLoad() {
	cfg, prov, err := config.Load(config.LoadOptions{
		Path:  "testdata/good/plain.yaml",
		Env:   []string{"CARDEA_TOKENS__ACCESS_TTL=5m"}, // a program passes os.Environ()
		Types: config.Types{Methods: all.Types(), Dialects: dialects.Types()},
	})
	if err != nil {
		fmt.Println(err) // every mistake with its position, one per line
		return
	}
	fmt.Println(cfg.Tokens.AccessTTL, "from", prov.Of("tokens.access_ttl"))
	fmt.Println(cfg.Rules[0].Path, "from", prov.Of("rules[0].path"))
	fmt.Println(cfg.Tokens.RefreshTTL, "from", prov.Of("tokens.refresh_ttl"))
	// Output:
	// 5m from env CARDEA_TOKENS__ACCESS_TTL
	// /public/** from testdata/good/plain.yaml:11
	// 14d from default
}
