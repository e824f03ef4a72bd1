package core

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"reflect"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/store"
	"github.com/cardea-auth/cardea/core/users"
)

// The border: what foreign code answers is checked here, and its panics become
// errors, which deny.

// checkStore takes in the configured store and source of randomness, or says why
// not.
func (e *Engine) checkStore() (err error) {
	if e.rand != nil && isNil(e.rand) {
		return errors.New("source of randomness: it is a nil pointer")
	}
	if e.store != nil {
		e.store, err = store.Checked(e.store)
	}
	return err
}

// checkDirectories takes in the directories, or says which cannot be used.
func checkDirectories(list []users.Directory) ([]users.Directory, error) {
	out, names := make([]users.Directory, len(list)), map[string]bool{}
	for i, d := range list {
		c, err := users.Checked(d)
		if err != nil {
			return nil, fmt.Errorf("directory %d: %w", i+1, err)
		}
		if names[c.Name()] {
			return nil, fmt.Errorf("directory %d: name %q is taken: every directory needs a name of its own", i+1, c.Name())
		}
		names[c.Name()], out[i] = true, c
	}
	return out, nil
}

// checkHooks refuses a catalogue that was not made by [NewHooks]: its points are
// nil.
func checkHooks(h *Hooks) error {
	v := reflect.ValueOf(h).Elem()
	for i := range v.NumField() {
		if v.Field(i).IsNil() {
			return fmt.Errorf("hooks: point %s is nil: make the catalogue with NewHooks", v.Type().Field(i).Name)
		}
	}
	return nil
}

// isNil reports whether v is nil, or a nil pointer or function in an interface.
func isNil(v any) bool {
	if v == nil {
		return true
	}
	switch r := reflect.ValueOf(v); r.Kind() {
	case reflect.Pointer, reflect.Func, reflect.Map, reflect.Slice, reflect.Chan:
		return r.IsNil()
	}
	return false
}

// openOne opens a method.
func openOne(n NamedMethod, deps Deps) (m Method, err error) {
	defer api.Recover("method", n.Name, &err)
	if m, err = n.Opener.Open(n.Name, deps); err == nil && isNil(m) {
		err = errors.New("the opener returned no method and no error")
	}
	return m, err
}

// newMethod looks up what the method can do besides, once.
func newMethod(n NamedMethod, opened Method, log *slog.Logger) (m *method, err error) {
	defer api.Recover("method", n.Name, &err)
	m = &method{Method: opened, name: n.Name, refuse: n.RefuseRoles}
	if k, ok := Capability[Kinder](opened); ok {
		m.limited, m.kinds = true, k.Kinds()
	}
	for _, kind := range m.kinds {
		if kind > api.APIKeyKind {
			return nil, fmt.Errorf("it takes credentials of kind %d, which there is not", kind)
		}
	}
	if m.limited && len(m.kinds) == 0 {
		return nil, errors.New("it takes credentials of no kind: leave Kinds out to be asked at every request")
	}
	if x, ok := Capability[Cacher](opened); ok && m.limited {
		m.cacheFor = min(x.CacheFor(), maxCacheFor)
	} else if ok {
		log.Warn("the method is not cached: it does not say by Kinds what it is cached by", "method", n.Name)
	}
	if x, ok := Capability[Challenger](opened); ok {
		m.challenge = func(cause *Error) string { return challengeOf(n.Name, x, cause, log) }
	}
	return m, nil
}

// challengeOf returns a method's challenge, "" for one that no header can hold.
func challengeOf(name string, x Challenger, cause *Error, log *slog.Logger) string {
	text, err := func() (text string, err error) {
		defer api.Recover("method", name, &err)
		if text = x.Challenge(cause); !fitsHeader(text) {
			return "", fmt.Errorf("the challenge %q does not fit into a header", text)
		}
		return text, nil
	}()
	if err != nil {
		log.Error("a method's challenge is left out", "method", name, "error", err)
		return ""
	}
	return text
}

// identify asks the method, and checks what it answers. A success names a user;
// how it was recognised is the chain's word, not the method's.
func (m *method) identify(ctx context.Context, a *api.Attempt) (id api.Identity, err error) {
	defer api.Recover("method", m.name, &err)
	found, err := m.Authenticate(ctx, m.shown(a))
	switch {
	case err != nil:
		return api.Identity{}, err
	case found.Subject == "":
		return api.Identity{}, api.Fault("method %q recognised somebody and named no subject", m.name)
	}
	if found.Login == "" { // the upstream takes an empty name for nobody's
		found.Login = found.Subject
	}
	found.Method = m.name
	return found, nil
}

// shown is what the method sees of an attempt. One that is cached sees only what
// it is cached by: whatever else it read would count for everybody who has the
// same credential.
func (m *method) shown(a *api.Attempt) api.Attempt {
	if m.cached(a.Credential.Kind) {
		return api.Attempt{Credential: a.Credential}
	}
	return *a
}

// cached reports whether successes with such a credential are remembered. Where
// there is none, the method reads something else.
func (m *method) cached(kind api.Kind) bool { return m.cacheFor > 0 && kind != api.NoCredential }
