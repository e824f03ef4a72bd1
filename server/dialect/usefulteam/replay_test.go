package usefulteam_test

import (
	"testing"

	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/server/dialect"
	"github.com/cardea-auth/cardea/server/dialect/dialecttest"
	"github.com/cardea-auth/cardea/server/dialect/usefulteam"
)

func recorded() dialect.Mount {
	return dialect.Mount{
		Name: "site", Issuer: dialecttest.Issuer, Secret: dialecttest.Secret, OnBadToken: dialect.Anonymous,
	}
}

func TestReplay(t *testing.T) {
	dialecttest.Run(t, dialecttest.Suite{
		Transcript: "testdata/usefulteam.jsonl.gz",
		Mount:      recorded(),
		New:        func(m dialect.Mount) (dialect.Dialect, error) { return usefulteam.New(m) },
		Rules: []route.Rule{
			{Name: "rest", Path: "/wp-json/**", Access: route.Optional, OnBadToken: route.Anonymous},
			{Name: "site", Path: "/**", Access: route.Public},
		},
		Volatile:    []string{"data.user.pass"},
		Application: "YuXjVbjzW8eDRzOCqTtzCBeL",
		Deviations:  deviations,
		Waits:       waits,
	})
}
