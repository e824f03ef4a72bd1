package command

import (
	"cmp"
	"errors"
	"strings"
	"syscall"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/server/manage"
)

// hinted adds a command that helps to an error.
func hinted(err error) error {
	if _, shown := errors.AsType[unwritten](err); err == nil || shown {
		return err
	}
	if strings.Contains(err.Error(), "disk is full") || errors.Is(err, syscall.ENOSPC) { // as SQLite says it
		return &hint{err, "free space on the disk of the data directory, and repeat the command"}
	}
	about := api.AsError(err).About
	advice := map[string]func(about string) string{
		manage.ReasonUnknownAssertionKey: text("'cardea keys list --for assertion' shows all; one that was revoked is not listed any more"),
		api.ReasonUnknownUser:            text("'cardea user list' shows all"),
		manage.ReasonUnlistedUser:        text("look where users are kept, such as in WordPress"),
		manage.ReasonPartlyListed:        text("'cardea user list' shows those of the store; look for others where they are kept, such as in WordPress"),
		manage.ReasonUnlooked:            revokesUnlooked,
		api.ReasonReadOnly:               keptElsewhere,
		api.ReasonUnknownSession:         text("'cardea session list --all' shows all; a token that was issued without a session has a sid too: 'cardea token revoke' revokes it"),
		api.ReasonUnknownAPIKey:          text("'cardea apikey list' shows all"),
		api.ReasonUnknownKey:             text("'cardea keys list' shows all"),
		manage.ReasonCredential:          text("nothing was changed; 'cardea token revoke' revokes it, and reads it from standard input"),
		manage.ReasonAssertionKey:        command("nothing was revoked; 'cardea keys revoke --for assertion ", "KID", "' removes it"),
		manage.ReasonExternalUser:        command("disable them at the issuer; 'cardea session revoke --user ", "SUBJECT", "' revokes the tokens issued until now"),
		manage.ReasonLogin:               command("'cardea session revoke --user ", "LOGIN", "' ends all of the user's sessions, tokens and API keys"),
		manage.ReasonLogins:              text("session revoke --user with a subject ends all of that user's sessions, tokens and API keys"),
		manage.ReasonSigningKey:          command("'cardea keys revoke ", "KID", "' revokes it, with every token that it signed"),
		core.ReasonSessionLives:          command("'cardea session revoke ", "SESSION", "' ends it"),
		core.ReasonSessionID:             command("'cardea session revoke ", "SESSION", "' ends it"),
		core.ReasonAPIKeyID:              command("'cardea apikey revoke ", "ID", "' revokes it"),
		api.ReasonDisabled:               enables,
	}[api.ReasonOf(err)]
	if advice == nil {
		return err
	}
	return &hint{err, advice(about)}
}

// text returns an advice that is always the same.
func text(advice string) func(string) string { return func(string) string { return advice } }

// command returns an advice with a command about what the error is about. If that is unknown,
// as from a server of an older version, a placeholder stands for it.
func command(before, placeholder, after string) func(string) string {
	return func(about string) string {
		word := argument(about)
		if about != "" && strings.HasSuffix(before, "--user ") { // a flag takes a dash
			word = Word(about)
		}
		return before + cmp.Or(word, placeholder) + after
	}
}

// argument is [Argument] for a text that may be missing.
func argument(about string) string {
	if about == "" {
		return ""
	}
	return Argument(about)
}

// revokesUnlooked says how to revoke what a user has while the directory does not answer, given
// the subject, or "" if it is not known.
func revokesUnlooked(subject string) string {
	if subject != "" {
		return "'cardea session revoke --user " + Word(subject) + "' needs no directory, and revokes what was issued until now"
	}
	return "session revoke --user needs no directory if it is given a subject, as 'cardea apikey list' and 'cardea session list' show it; 'cardea token revoke' revokes a token by its text"
}

// keptElsewhere says how to change a user of a directory that is read-only, "" for any.
func keptElsewhere(name string) string {
	advice := "list and change users where they are kept, such as in WordPress"
	if name != "" {
		advice += "; 'cardea session revoke --user " + Word(name) + "' ends what was issued to this one"
	}
	return advice
}

// enables says how to enable the user with a login, "" for one that another directory has.
func enables(login string) string {
	if login == "" {
		return "enable it where users are kept, such as in WordPress"
	}
	return "'" + Undo(login) + "' enables it"
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
