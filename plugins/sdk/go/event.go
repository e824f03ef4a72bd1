package hook

import (
	"errors"
	"strings"

	"github.com/cardea-auth/cardea/plugins/abi"
)

// Status is what a hook returns.
type Status = abi.Status

// The statuses. [Event.Refuse] and [Event.Fail] return the others.
const (
	Continue      = abi.Continue      // keep the changes, go on
	Stop          = abi.Stop          // keep the changes, run no later handler; Continue at points that decide
	NotApplicable = abi.NotApplicable // keep nothing, go on
)

// Refusal is which kind of refusal it is.
type Refusal = abi.Refusal

// The kinds of refusal.
const (
	Forbidden       = abi.Forbidden       // not allowed
	Unauthenticated = abi.Unauthenticated // credentials are not good enough
	Malformed       = abi.Malformed       // the request makes no sense
	Throttled       = abi.Throttled       // too often
)

// Level is the level of a log line.
type Level = abi.Level

// The levels.
const (
	Debug = abi.Debug
	Info  = abi.Info
	Warn  = abi.Warn
	Error = abi.Error
)

// The errors of a host call; match them with [errors.Is].
var (
	ErrNotGranted  = errors.New("not granted, or forbidden at this point")
	ErrBadArgument = errors.New("no such key, or a value that does not fit it")
	ErrTooLarge    = errors.New("over a limit")
	ErrUnavailable = errors.New("not available now")
	ErrAbsent      = errors.New("not there")
)

// Event holds the fields of a hook point. The catalogue (plugins/README.md) lists
// the keys of each point. Changes take effect when the hook returns
// [Continue] or [Stop], and reads see them at once. An Event is valid during the
// call only.
type Event struct{ h host }

// Get returns a field as text, integers in decimal and lists as JSON; false if
// it is absent or not granted.
func (e *Event) Get(key string) (string, bool) {
	return e.h.get(key)
}

// Int returns a field as an integer; false if it is none.
func (e *Event) Int(key string) (n int64, ok bool) {
	var result abi.Result
	n = e.h.getInt(key, &result)
	return n, result == abi.OK
}

// Bool returns a field as a truth value, false if it is none.
func (e *Event) Bool(key string) bool {
	text, _ := e.Get(key)
	return text == "true"
}

// Set changes a field to a text; a key of another type reads the text as that.
func (e *Event) Set(key, text string) error { return toError(e.h.set(key, text)) }

// SetInt changes a field to an integer.
func (e *Event) SetInt(key string, n int64) error { return toError(e.h.setInt(key, n)) }

// SetBool changes a field to a truth value.
func (e *Event) SetBool(key string, b bool) error {
	if b {
		return e.SetJSON(key, "true")
	}
	return e.SetJSON(key, "false")
}

// SetJSON changes a field to what a JSON text says.
func (e *Event) SetJSON(key, json string) error { return toError(e.h.setJSON(key, json)) }

// Delete removes a field.
func (e *Event) Delete(key string) error { return toError(e.h.del(key)) }

// Keys lists the present fields that begin with prefix and may be read.
func (e *Event) Keys(prefix string) []string {
	all, _ := e.h.keys(prefix)
	if all == "" {
		return nil
	}
	return strings.Split(strings.TrimSuffix(all, "\x00"), "\x00")
}

// Refuse makes the hook's status a refusal: return e.Refuse(...). The client
// reads public.
func (e *Event) Refuse(kind Refusal, public string) Status {
	e.h.deny(kind, public)
	return abi.Refuse
}

// Fail makes the hook's status a failure: return e.Fail(err). The error goes to
// the log, and what a failure means is the operator's choice.
func (e *Event) Fail(err error) Status {
	e.h.fail(err.Error())
	return failed
}

// failed is the status of whatever went wrong in a guest.
const failed Status = -1

// Log writes a line to Cardea's log. Build costly texts only if Enabled.
func (e *Event) Log(level Level, text string) { e.h.log(level, text) }

// Enabled reports whether lines of this level are kept.
func (e *Event) Enabled(level Level) bool { return e.h.logEnabled(level) }

// NowMS returns the host's clock in milliseconds since 1970.
func (e *Event) NowMS() int64 { return e.h.nowMS() }

// Config is the plugin's configuration, as the operator wrote it.
type Config struct{ h host }

// Get returns a setting, lists and objects as JSON; false if it is not set.
func (c Config) Get(key string) (string, bool) { return c.h.config(key) }

// failures lists the errors by negated result. The last one stands for results that
// are not known here.
var failures = [...]error{nil, ErrAbsent, ErrNotGranted, ErrBadArgument, ErrTooLarge, ErrUnavailable, ErrBadArgument}

// toError looks a result up. It is small enough to be part of its caller: a call costs
// a guest more than a look.
func toError(result abi.Result) error { return failures[min(uint32(-result), uint32(len(failures)-1))] }
