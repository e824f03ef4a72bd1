package compiled

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/policy"
)

// Method is a policy.Method with its optional interfaces looked up.
type Method struct {
	policy.Method
	ChainName string // its name in the chain, whatever Name returns
	kinds     []api.Kind
	limited   bool           // whether it takes only these kinds
	digested  bool           // whether it needs a digest of the body for its schemes
	Refuse    []string       // roles
	Places    []policy.Place // where it is accepted; none: everywhere
	CacheFor  time.Duration
	challenge func(*api.Error) string
}

func (c compiling) openMethods(list []policy.NamedMethod, deps policy.Deps) error {
	seen := map[string]bool{}
	for _, n := range list {
		if n.Name == "" || seen[n.Name] || !api.FitsHeader(n.Name) || IsNil(n.Opener) {
			return fmt.Errorf("method %q: must have a unique name without control characters, and an opener", n.Name)
		}
		seen[n.Name] = true
		opened, err := openOne(n, deps)
		if err != nil {
			return fmt.Errorf("open method %q: %w", n.Name, err)
		}
		m, err := newMethod(n, opened, deps.Logger)
		if err != nil {
			return fmt.Errorf("open method %q: %w", n.Name, err)
		}
		if m.Places, err = policy.CheckPlaces(n.Places); err != nil {
			return fmt.Errorf("method %q: %w", n.Name, err)
		}
		m.Refuse = slices.Clone(m.Refuse)
		c.methods = append(c.methods, m)
	}
	c.link()
	return nil
}

// APIKeyMemory is how long the log keeps the revocation of an API key. The key itself stays
// marked as revoked; the log only has to outlive cached results.
const APIKeyMemory = 24 * time.Hour

// maxCacheFor keeps cached results well within APIKeyMemory.
const maxCacheFor = APIKeyMemory / 2

// link builds the list of methods for each kind of credential, in order.
func (c compiling) link() {
	for _, m := range c.methods {
		for _, kind := range m.kinds {
			if kind.IsScheme() && !slices.Contains(c.Schemes, kind) {
				c.Schemes = append(c.Schemes, kind)
			}
		}
	}
	c.Chain = map[api.Kind][]*Method{}
	for _, kind := range append([]api.Kind{api.NoCredential, api.Basic, api.Bearer, api.APIKeyKind}, c.Schemes...) {
		for _, m := range c.methods {
			if !m.limited || slices.Contains(m.kinds, kind) {
				c.Chain[kind] = append(c.Chain[kind], m)
			}
		}
	}
}

// Challenges returns the challenges for a refused client (RFC 9110 section 11.6.1).
func (c *Policy) Challenges(cause *api.Error) []string {
	var list []string
	for _, m := range c.methods {
		if m.challenge == nil {
			continue
		}
		if text := m.challenge(cause); text != "" {
			list = append(list, text)
		}
	}
	return list
}

// openOne opens a method.
func openOne(n policy.NamedMethod, deps policy.Deps) (m policy.Method, err error) {
	defer api.Recover("method", n.Name, &err)
	if m, err = n.Opener.Open(n.Name, deps); err == nil && IsNil(m) {
		err = errors.New("the opener returned no method and no error")
	}
	return m, err
}

// newMethod looks up the optional interfaces of a method.
func newMethod(n policy.NamedMethod, opened policy.Method, log *slog.Logger) (m *Method, err error) {
	defer api.Recover("method", n.Name, &err)
	m = &Method{Method: opened, ChainName: n.Name, Refuse: n.RefuseRoles}
	if k, ok := api.Capability[policy.Kinder](opened); ok {
		m.limited, m.kinds = true, k.Kinds()
	}
	for _, kind := range m.kinds {
		if !kind.Valid() {
			return nil, fmt.Errorf("kind is %.80q, must be an Authorization scheme in lower case", string(kind))
		}
	}
	if m.limited && len(m.kinds) == 0 {
		return nil, errors.New("method Kinds returned none: remove it to be called for every request")
	}
	if x, ok := api.Capability[policy.BodyDigester](opened); ok {
		if err := m.needDigest(x.BodyDigest()); err != nil {
			return nil, err
		}
	}
	if x, ok := api.Capability[policy.Cacher](opened); ok && m.limited {
		m.CacheFor = min(x.CacheFor(), maxCacheFor)
	} else if ok {
		log.Warn("method is not cached: it has CacheFor but no Kinds", "method", n.Name)
	}
	if x, ok := api.Capability[policy.Challenger](opened); ok {
		lines := new(api.LogLimit)
		m.challenge = func(cause *api.Error) string { return challengeOf(n.Name, x, cause, log, lines) }
	}
	return m, nil
}

// challengeOf returns a method's challenge, or "" if it is not a valid header value. The
// error is logged at most once a second, since every refusal could cause it.
func challengeOf(name string, x policy.Challenger, cause *api.Error, log *slog.Logger, lines *api.LogLimit) string {
	text, err := func() (text string, err error) {
		defer api.Recover("method", name, &err)
		if text = x.Challenge(cause); !api.FitsHeader(text) {
			return "", fmt.Errorf("the challenge %q does not fit into a header", text)
		}
		return text, nil
	}()
	if err != nil {
		if skipped, ok := lines.Admit("", time.Now()); ok {
			log.Error("invalid challenge omitted", "method", name, "error", err, "not_logged", skipped)
		}
		return ""
	}
	return text
}

// Identify asks the method and validates its result, which must have a subject. It sets
// Method to the name in the chain.
func (m *Method) Identify(ctx context.Context, a *api.Attempt) (id api.Identity, err error) {
	defer api.Recover("method", m.ChainName, &err)
	if m.needsDigest(a.Credential.Kind) {
		if err := digestBody(a); err != nil {
			return api.Identity{}, err
		}
	}
	found, err := m.Authenticate(ctx, m.shown(a))
	switch {
	case err != nil:
		return api.Identity{}, err
	case found.Subject == "":
		return api.Identity{}, api.Fault("method %q returned an identity without a subject", m.ChainName)
	}
	if found.Login == "" { // an empty name would mean anonymous to the upstream
		found.Login = found.Subject
	}
	found.Method = m.ChainName
	return found, nil
}

// shown returns what the method sees of an attempt. A method whose results are cached sees
// only the credential: anything else it read would apply to every request with the same
// credential.
func (m *Method) shown(a *api.Attempt) api.Attempt {
	if m.Cached(a.Credential.Kind) {
		return api.Attempt{Credential: a.Credential}
	}
	shown := *a
	shown.Body = nil
	return shown
}

// Cached reports whether results for this kind of credential are cached. Without a
// credential the method reads something else, so nothing is cached, and a signature of one
// body says nothing about another.
func (m *Method) Cached(kind api.Kind) bool {
	return m.CacheFor > 0 && kind != api.NoCredential && !m.needsDigest(kind)
}
