package cocart_test

import (
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/server/dialect"
	"github.com/cardea-auth/cardea/server/dialect/cocart"
	"github.com/cardea-auth/cardea/server/dialect/dialecttest"
)

func place() dialect.Mount { return dialect.Mount{Name: "shop", Issuer: "http://127.0.0.1:8082"} }

func first() cocart.FirstConfig {
	return cocart.FirstConfig{Common: dialect.Common{Secret: dialecttest.Secret}, BindPeer: true}
}

func recorded() cocart.Config {
	return cocart.Config{FirstConfig: first()}
}

func TestReplay(t *testing.T) {
	dialecttest.Run(t, dialecttest.Suite{
		Transcript: "testdata/cocart.jsonl.gz",
		Mount:      place(),
		Config:     recorded(),
		Rules: []route.Rule{
			{Name: "shop", Path: "/wp-json/cocart/**", Access: route.Optional, OnBadToken: route.Asked},
			{Name: "others", Path: "/**", Access: route.Public}, // a valid token is ignored there too
		},
		Volatile:   []string{"data.user.pat"},
		Ours:       true,
		Agree:      328,
		Deviations: deviations,
		Waits:      map[string]time.Duration{"exp_after": 2 * time.Second, "rf_expired": 2 * time.Second},
	})
}
