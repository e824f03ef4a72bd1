// Command risk-step-up requires more than a password when a login looks risky: from an
// address outside the trusted networks, without a user agent, or after several failures
// from the same address. Each of these counts one; at the threshold the login needs the
// code that the operator has handed out.
package main

//lint:file-ignore U1000 the host calls what is exported to it

import (
	"crypto/subtle"
	"errors"
	"net/netip"
	"strconv"
	"strings"

	hook "github.com/cardea-auth/cardea/plugins/sdk/go"
)

const (
	window   = 900 // time window of failures, in seconds
	failures = 3   // failures from one address that count as a risk
)

// settings are read once, before any hook runs.
var settings struct {
	trusted   []netip.Prefix
	threshold int
}

var _ = hook.OnConfigure(configure)

func main() {}

//go:wasmexport on_login_before
func onLoginBefore() int32 { return hook.Run(judge) }

//go:wasmexport on_login_failed
func onLoginFailed() int32 { return hook.Run(remember) }

func configure(c hook.Config) error {
	settings.threshold, settings.trusted = 1, nil
	if text, ok := c.Get("threshold"); ok {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 {
			return errors.New("threshold is a number from 1")
		}
		settings.threshold = n
	}
	text, _ := c.Get("trusted")
	for _, network := range strings.Fields(text) {
		prefix, err := netip.ParsePrefix(network)
		if err != nil {
			return errors.New("trusted is a list of networks such as 192.0.2.0/24, with spaces between")
		}
		settings.trusted = append(settings.trusted, prefix)
	}
	return nil
}

// judge accepts a login that is not risky or has the code.
func judge(e *hook.Event) hook.Status {
	risk, err := risk(e)
	if err != nil {
		return e.Fail(err)
	}
	if risk < settings.threshold {
		return hook.NotApplicable
	}
	code, ok := e.Secret("code")
	if !ok || code == "" {
		return e.Fail(errors.New("the secret \"code\" is not set: nobody could pass"))
	}
	answer, answered := e.Get("answer.code")
	if answered && subtle.ConstantTimeCompare([]byte(answer), []byte(code)) == 1 {
		return hook.Continue
	}
	e.Count("step_ups", 1)
	if err := errors.Join(e.Set("challenge", "code_required"), e.Set("challenge_text", "enter your code")); err != nil {
		return e.Fail(err)
	}
	return hook.Continue
}

// risk counts the risks of a login. Unknown values count as risks.
func risk(e *hook.Event) (int, error) {
	n := 0
	peer, _ := e.Get("peer")
	if !trusts(peer) {
		n++
	}
	if agent, ok := e.Get("user_agent"); !ok || agent == "" {
		n++
	}
	text, err := e.KVGet(failureKey(peer))
	switch {
	case errors.Is(err, hook.ErrAbsent):
		return n, nil
	case err != nil:
		return n, err
	}
	if failed, err := strconv.Atoi(text); err != nil || failed >= failures {
		n++
	}
	return n, nil
}

func trusts(peer string) bool {
	addr, err := netip.ParseAddr(peer)
	if err != nil {
		return false
	}
	for _, prefix := range settings.trusted {
		if prefix.Contains(addr.Unmap()) {
			return true
		}
	}
	return false
}

// remember counts a failure for the address that it came from.
func remember(e *hook.Event) hook.Status {
	peer, ok := e.Get("peer")
	if !ok {
		return hook.NotApplicable
	}
	if _, err := e.KVIncr(failureKey(peer), 1, window); err != nil {
		return e.Fail(err)
	}
	return hook.Continue
}

func failureKey(peer string) string { return "failures:" + peer }
