package wpjwt_test

import (
	"testing"

	"github.com/cardea-auth/cardea/server/dialect"
	"github.com/cardea-auth/cardea/server/dialect/dialecttest"
	"github.com/cardea-auth/cardea/server/dialect/wpjwt"
)

func place() dialect.Mount { return dialect.Mount{Name: "site", Issuer: dialecttest.Issuer} }

func recorded() wpjwt.Config {
	return wpjwt.Config{Common: dialect.Common{Secret: dialecttest.Secret}}
}

func TestReplay(t *testing.T) {
	dialecttest.Run(t, dialecttest.Suite{
		Transcript:  "testdata/wpjwt.jsonl.gz",
		Mount:       place(),
		Config:      recorded(),
		Extra:       []string{"data.reason"},
		Application: "wO1Re9LXma1zAF7K7Hcu2PQ0",
		Agree:       366,
		Deviations:  deviations,
	})
}
