package judge

import (
	"context"

	"github.com/cardea-auth/cardea/core/point"
	"github.com/cardea-auth/cardea/hooks"
)

// Refusal judges changes of a refusal with the given status by hooks.
type Refusal struct{ Status int }

// Accept is the judge of error-response.
func (j Refusal) Accept(_ context.Context, before, after *point.ErrorResponse, keyed bool) error {
	if keyed && after.Status/100 != j.Status/100 {
		return hooks.NotAcceptable("status", "must be %d00 to %d99, as the status is %d", j.Status/100, j.Status/100, j.Status)
	}
	if after.Code != before.Code {
		if err := checkLine("code", after.Code, 1, maxHookCode); err != nil {
			return err
		}
	}
	if after.Message != before.Message {
		if err := checkLine("message", after.Message, 0, maxHookMessage); err != nil {
			return err
		}
	}
	for name, values := range after.Headers {
		err := point.CheckHeaderValues("header."+name, values)
		if keyed {
			err = after.CheckHeader(name, values)
		}
		if err != nil {
			return err
		}
	}
	return ChangedMembers(before.Fields, after.Fields, func(name string, value any) error {
		return checkMember("body.", name, value)
	})
}
