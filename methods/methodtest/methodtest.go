package methodtest

import (
	"context"
	"crypto"
	"crypto/sha256"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
)

// Case is a method with samples of its input. A method that reads a header of its own takes
// credentials of kind NoCredential: give its samples as headers.
type Case struct {
	Open    func(t *testing.T) core.Method
	Good    api.Credential   // is accepted
	Bad     []api.Credential // are for this method and refused
	Foreign []api.Credential // are for other methods
	Want    string           // Subject of Good

	GoodHeader api.Header   // sent with Good; nil: none
	BadHeaders []api.Header // are for this method, without a credential, and refused

	Body []byte // of every sample, for a method that needs its digest ([core.BodyDigester])
}

// Run checks the contract of [core.Method] with the samples.
func Run(t *testing.T, c Case) {
	for _, p := range parts() {
		t.Run(p.name, func(t *testing.T) { p.check(&run{Case: c, m: c.Open(t), report: t.Errorf}) })
	}
}

// part is one requirement of the contract.
type part struct {
	name  string
	check func(*run)
}

func parts() []part {
	return []part{
		{"name", name}, {"good", good}, {"bad", bad}, {"foreign", foreign},
		{"kinds", kinds}, {"cache", cache}, {"digest", digest}, {"challenge", challenge}, {"concurrent", concurrent},
	}
}

// run is the state of one part.
type run struct {
	Case
	m      core.Method
	report func(format string, args ...any)
}

// attempt is a request with the credential, as the engine shows it to the method.
func (r *run) attempt(c api.Credential, h api.Header) api.Attempt {
	a := api.Attempt{Method: "GET", Host: "example.org", RawTarget: "/", Path: "/", Header: h, Credential: c}
	if _, ok := core.Capability[core.BodyDigester](r.m); ok && c.Kind.IsScheme() {
		a.BodyDigest = digestOf(r.Body)
	}
	return a
}

func digestOf(body []byte) []byte {
	sum := sha256.Sum256(body)
	return sum[:]
}

// ask calls Authenticate and turns a panic into an error.
func (r *run) ask(what string, a api.Attempt) (id api.Identity, err error) {
	defer func() {
		if p := recover(); p != nil {
			r.report("%s: it panicked: %v", what, p)
			err = errors.New("panicked")
		}
	}()
	return r.m.Authenticate(context.Background(), a)
}

func name(r *run) {
	if first := r.m.Name(); first == "" || first != r.m.Name() {
		r.report("Name() = %q, want the name that it was opened with", first)
	}
}

func good(r *run) {
	id, err := r.ask("good", r.attempt(r.Good, r.GoodHeader))
	if err != nil || id.Subject != r.Want {
		r.report("got subject %q, error %v; want %q", id.Subject, err, r.Want)
	}
	if err == nil && id.Subject == "" {
		r.report("the identity has no subject, must have one")
	}
}

// bad: a refusal is not ErrNotMine and has no identity.
func bad(r *run) {
	for _, cred := range r.Bad {
		r.wantRefusal(cred.Kind.String()+" "+cred.Text, r.attempt(cred, nil))
	}
	for _, h := range r.BadHeaders {
		r.wantRefusal("header", r.attempt(api.Credential{}, h))
	}
}

func (r *run) wantRefusal(what string, a api.Attempt) {
	id, err := r.ask(what, a)
	if err == nil || errors.Is(err, core.ErrNotMine) || id.Subject != "" {
		r.report("%q: got subject %q, error %v; want a refusal", what, id.Subject, err)
	}
	if code := api.CodeOf(err); code == api.Internal {
		r.report("%q: a client's mistake is code %s: %v", what, code, err)
	}
}

func foreign(r *run) {
	for _, cred := range append(slices.Clone(r.Foreign), api.Credential{}) {
		id, err := r.ask("foreign", r.attempt(cred, nil))
		if !errors.Is(err, core.ErrNotMine) || id.Subject != "" {
			r.report("%s: got subject %q, error %v, want ErrNotMine", cred.Kind, id.Subject, err)
		}
	}
}

func kinds(r *run) {
	k, ok := core.Capability[core.Kinder](r.m)
	if !ok {
		return
	}
	if !slices.Contains(k.Kinds(), r.Good.Kind) {
		r.report("Kinds() lacks %s, which the method accepts", r.Good.Kind)
	}
	for _, kind := range k.Kinds() {
		if !kind.Valid() {
			r.report("Kinds() names kind %q, must be an Authorization scheme in lower case", string(kind))
		}
	}
}

// cache: the result of a cached method depends on the credential alone.
func cache(r *run) {
	c, ok := core.Capability[core.Cacher](r.m)
	if !ok || c.CacheFor() <= 0 {
		return
	}
	if _, ok := core.Capability[core.Kinder](r.m); !ok {
		r.report("it has CacheFor without Kinds, which say what it is cached by")
	}
	if _, ok := core.Capability[core.BodyDigester](r.m); ok && r.Good.Kind.IsScheme() {
		return // the engine does not cache it
	}
	if r.Good.Kind == api.NoCredential {
		r.report("CacheFor() is set and Good has no credential: there is nothing to cache by")
	}
	whole, err := r.ask("whole attempt", r.attempt(r.Good, r.GoodHeader))
	alone, alsoErr := r.ask("credential alone", api.Attempt{Credential: r.Good})
	if err != nil || alsoErr != nil || whole.Subject != alone.Subject {
		r.report("got subject %q, error %v by the credential alone, and %q, %v by the whole attempt: it reads more than it is cached by",
			alone.Subject, alsoErr, whole.Subject, err)
	}
}

// digest: a signature that covers the body is for one body. Without a digest the method
// must not take it as good, although the engine does not ask it then.
func digest(r *run) {
	d, ok := core.Capability[core.BodyDigester](r.m)
	if !ok {
		return
	}
	if h := d.BodyDigest(); h != crypto.SHA256 {
		r.report("BodyDigest() = %v, must be SHA-256", h)
	}
	if !r.Good.Kind.IsScheme() {
		r.report("it needs a digest of the body and accepts kind %s: the engine has a digest only for schemes of a method's own", r.Good.Kind)
	}
	signed := r.attempt(r.Good, r.GoodHeader)
	signed.BodyDigest = nil
	r.wantRefusal("no digest of the body", signed)
	signed.BodyDigest = digestOf(append(slices.Clone(r.Body), '!'))
	r.wantRefusal("another body", signed)
}

// challenge: it is a single line, whatever the cause.
func challenge(r *run) {
	c, ok := core.Capability[core.Challenger](r.m)
	if !ok {
		return
	}
	for _, cause := range []*core.Error{nil, api.E(api.Unauthenticated, api.ReasonNoCredential, "x"), api.E(api.Unauthenticated, api.ReasonTokenExpired, "a\r\nB: c")} {
		text, err := challengeOf(c, cause)
		if err != nil || strings.ContainsAny(text, "\r\n\x00") {
			r.report("Challenge(%v) = %q, %v; want a line", cause, text, err)
		}
	}
}

func challengeOf(c core.Challenger, cause *core.Error) (text string, err error) {
	defer api.Recover("method", "", &err)
	return c.Challenge(cause), nil
}

func concurrent(r *run) {
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if id, err := r.ask("at once", r.attempt(r.Good, r.GoodHeader)); err != nil || id.Subject != r.Want {
				r.report("at once: got subject %q, error %v; want %q", id.Subject, err, r.Want)
			}
		})
	}
	wg.Wait()
}
