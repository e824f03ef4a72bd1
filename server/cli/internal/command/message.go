package command

import (
	"errors"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
)

// Message returns the text of err for an operator. For a refusal that was not wrapped this
// is its public text, without its code and cause.
func Message(err error) string {
	var refusal *core.Error
	if !errors.As(err, &refusal) || refusal.Public == "" || err.Error() != refusal.Error() {
		return err.Error()
	}
	if refusal.Err == nil {
		return refusal.Public // also the refusal of a server or handler
	}
	switch refusal.Code {
	case api.Invalid, api.Conflict, api.NotFound:
		return refusal.Public
	}
	return err.Error()
}
