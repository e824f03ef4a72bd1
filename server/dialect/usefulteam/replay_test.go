package usefulteam_test

import (
	"testing"

	"github.com/cardea-auth/cardea/server/dialect"
	"github.com/cardea-auth/cardea/server/dialect/dialecttest"
	"github.com/cardea-auth/cardea/server/dialect/usefulteam"
)

func recorded() dialect.Mount {
	return dialect.Mount{Name: "site", Issuer: dialecttest.Issuer, Secret: dialecttest.Secret}
}

func TestReplay(t *testing.T) {
	dialecttest.Run(t, dialecttest.Suite{
		Transcript:  "testdata/usefulteam.jsonl.gz",
		Mount:       recorded(),
		New:         func(m dialect.Mount) (dialect.Dialect, error) { return usefulteam.New(m) },
		Volatile:    []string{"data.user.pass"},
		Application: "YuXjVbjzW8eDRzOCqTtzCBeL",
		Agree:       441,
		Deviations:  deviations,
		Waits:       waits,
	})
}
