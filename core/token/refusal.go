package token

import (
	"fmt"

	"github.com/cardea-auth/cardea/core/api"
)

// refuse returns the error for a violated rule: public is for the client, the formatted
// text for the log.
func refuse(reason, public, format string, args ...any) error {
	return api.Wrap(api.Unauthenticated, reason, public, fmt.Errorf(format, args...))
}

func malformed(err error) error {
	return api.Wrap(api.Unauthenticated, api.ReasonTokenMalformed, "malformed token", err)
}
