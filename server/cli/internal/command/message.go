package command

import (
	"errors"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
)

// Message is what an operator needs of err: of a refusal to which nothing was
// added its sentence, which repeats neither its class nor its cause.
func Message(err error) string {
	var refusal *core.Error
	if !errors.As(err, &refusal) || refusal.Public == "" || err.Error() != refusal.Error() {
		return err.Error()
	}
	if refusal.Err == nil {
		return refusal.Public // also what a server or a handler has told
	}
	switch refusal.Code {
	case api.Invalid, api.Conflict, api.NotFound:
		return refusal.Public
	}
	return err.Error()
}
