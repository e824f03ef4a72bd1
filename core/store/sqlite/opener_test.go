package sqlite_test

import (
	"context"
	"fmt"

	"github.com/cardea-auth/cardea/core/store/sqlite"
)

// openerEnv makes the test binary open the named file and print the result; see TestMain.
const openerEnv = "CARDEA_TEST_SQLITE_OPENER"

func openOnce(path string) {
	s, err := sqlite.Open(context.Background(), sqlite.Config{Path: path})
	if err != nil {
		fmt.Println(err)
		return
	}
	s.Close()
	fmt.Println("opened")
}
