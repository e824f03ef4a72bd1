package command

import (
	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/server/manage"
)

// hinted adds a command that helps to an error.
func hinted(err error) error {
	const showsAll = " shows all"
	advice := map[string]string{
		manage.ReasonUnknownAssertionKey: "'cardea keys list --for assertion'" + showsAll,
		api.ReasonUnknownUser:            "'cardea user list'" + showsAll,
		manage.ReasonUnlistedUser:        "look where users are kept, such as in WordPress",
		api.ReasonReadOnly:               "list and change users where they are kept, such as in WordPress; 'cardea session revoke --user LOGIN' ends what was issued to one",
		api.ReasonUnknownSession:         "'cardea session list --all'" + showsAll + "; a token that was issued without a session has a sid too: 'cardea token revoke' revokes it",
		api.ReasonUnknownAPIKey:          "'cardea apikey list'" + showsAll,
		api.ReasonUnknownKey:             "'cardea keys list'" + showsAll,
		manage.ReasonAssertionKey:        "nothing was revoked; 'cardea keys revoke --for assertion' removes it",
		manage.ReasonExternalUser:        "disable them at the issuer; 'cardea session revoke --user' revokes the tokens issued until now",
		core.ReasonSessionLives:          "'cardea session revoke' ends it",
		core.ReasonSessionID:             "'cardea session revoke' ends it",
		core.ReasonAPIKeyID:              "'cardea apikey revoke' revokes it",
		manage.ReasonCredential:          "nothing was changed; 'cardea token revoke' revokes it, and reads it from standard input",
	}[api.ReasonOf(err)]
	if advice == "" {
		return err
	}
	return &hint{err, advice}
}

// hint is an error with a command that helps.
type hint struct {
	error
	advice string
}

// Error implements error.
func (h *hint) Error() string { return Message(h.error) + ": " + h.advice }

// Unwrap returns the error without the hint.
func (h *hint) Unwrap() error { return h.error }
