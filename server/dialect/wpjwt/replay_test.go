package wpjwt_test

import (
	"testing"

	"github.com/cardea-auth/cardea/server/dialect"
	"github.com/cardea-auth/cardea/server/dialect/dialecttest"
	"github.com/cardea-auth/cardea/server/dialect/wpjwt"
)

func recorded() dialect.Mount {
	return dialect.Mount{Name: "site", Issuer: dialecttest.Issuer, Secret: dialecttest.Secret}
}

func TestReplay(t *testing.T) {
	dialecttest.Run(t, dialecttest.Suite{
		Transcript:  "testdata/wpjwt.jsonl.gz",
		Mount:       recorded(),
		New:         func(m dialect.Mount) (dialect.Dialect, error) { return wpjwt.New(m) },
		Extra:       []string{"data.reason"},
		Application: "wO1Re9LXma1zAF7K7Hcu2PQ0",
		Agree:       366,
		Deviations:  deviations,
	})
}
