package main

import (
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/server/manage"
)

// hinted adds to an error which command shows what there is.
func hinted(err error) error {
	command := map[string]string{
		manage.ReasonUnknownAssertionKey: "cardea keys list --for assertion",
		api.ReasonUnknownUser:            "cardea user list",
		api.ReasonUnknownSession:         "cardea session list",
		api.ReasonUnknownAPIKey:          "cardea apikey list",
		api.ReasonUnknownKey:             "cardea keys list",
	}[api.ReasonOf(err)]
	if command == "" {
		return err
	}
	return &hint{err, command}
}

// hint is an error with a command that helps.
type hint struct {
	error
	command string
}

// Error implements error.
func (h *hint) Error() string { return message(h.error) + ": '" + h.command + "' shows all" }

// Unwrap returns the error without the hint.
func (h *hint) Unwrap() error { return h.error }
