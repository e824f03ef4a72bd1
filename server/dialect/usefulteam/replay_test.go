package usefulteam_test

import (
	"testing"

	"github.com/cardea-auth/cardea/server/dialect"
	"github.com/cardea-auth/cardea/server/dialect/dialecttest"
	"github.com/cardea-auth/cardea/server/dialect/usefulteam"
)

func place() dialect.Mount { return dialect.Mount{Name: "site", Issuer: dialecttest.Issuer} }

func recorded() usefulteam.Config {
	return usefulteam.Config{Common: dialect.Common{Secret: dialecttest.Secret}}
}

func TestReplay(t *testing.T) {
	dialecttest.Run(t, dialecttest.Suite{
		Transcript:  "testdata/usefulteam.jsonl.gz",
		Mount:       place(),
		Config:      recorded(),
		Volatile:    []string{"data.user.pass"},
		Application: "YuXjVbjzW8eDRzOCqTtzCBeL",
		Agree:       441,
		Deviations:  deviations,
		Waits:       waits,
	})
}
