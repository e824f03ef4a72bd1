package policy

import (
	"context"
	"crypto"
	"log/slog"
	"time"

	"github.com/cardea-auth/cardea/core/api"
)

// Method authenticates one kind of credential. Implementations must be safe for concurrent
// use and treat the attempt as read-only.
//
// Authenticate returns [api.ErrNotMine] if the attempt has no credential for it; then the
// next method is asked. Any other error stops the chain and denies: an error never becomes
// "anonymous". Errors that a client may see are [*api.Error]; others count as internal. A
// successful result must have a Subject; an empty Login is replaced by it. A result without
// a subject, or a panic, is an internal error, which denies. Identity.Method is always set
// to the name of the method in the chain.
type Method interface {
	// Name returns the name that the method was opened with.
	Name() string
	Authenticate(ctx context.Context, a api.Attempt) (api.Identity, error)
}

// Opener creates a method from its configuration; the Config of every package below methods
// is one.
//
// A Config that a configuration file can contain is a struct whose fields have the tags
// yaml (the key, or "-" if it is not a setting), doc (a sentence of documentation), and
// optionally default, enum (words separated by |) and kind:"path". In the file, its
// settings are next to the type and the name of the method. They may be strings, integers
// (int), booleans, [time.Duration], [api.Secret] with a twin KEY_file, types that implement
// [encoding.TextUnmarshaler], lists and maps of those, and structs.
type Opener interface {
	Open(name string, deps Deps) (Method, error)
}

// Validator is implemented by an [Opener] that can validate its settings before anything is
// opened. It joins errors of [api.BadSetting].
type Validator interface{ Validate(Surroundings) error }

// Surroundings is the rest of a configuration, besides a method.
type Surroundings struct {
	Directories []string // the types of its user directories, in order
}

// NamedMethod is one entry in the chain of methods.
type NamedMethod struct {
	Name        string
	Opener      Opener
	RefuseRoles []string // users with one of these roles may not use it
	Places      []Place  // where its credentials are accepted; none: everywhere
}

// Deps is what the engine provides to methods. See WithDefaults for a zero value that does
// not panic.
type Deps struct {
	// CheckPassword returns the user with this login and password, from the directory of
	// the current attempt, or from all directories in order; ctx must be the method's. Its
	// timing does not distinguish an unknown user from a wrong password. It is a login:
	// login-before, login-after, throttling and events apply. A challenge refuses it, with
	// a core.ChallengeError in the error. peer is used only outside Authenticate; inside,
	// the attempt's peer is.
	CheckPassword func(ctx context.Context, login string, password api.Secret, peer api.Peer) (api.Identity, error)
	// CheckApplication is CheckPassword for application passwords only; a user's own
	// password counts as wrong.
	CheckApplication func(ctx context.Context, login string, password api.Secret, peer api.Peer) (api.Identity, error)
	// VerifyToken returns the identity of a token in one of the policy's token formats. The
	// engine checks revocation and hooks afterwards.
	VerifyToken func(ctx context.Context, text string) (api.Identity, error)
	// APIKey returns a stored key by id, even if it is revoked or expired.
	APIKey func(ctx context.Context, id string) (api.APIKey, error)
	// User returns the enabled user with that subject.
	User func(ctx context.Context, subject string) (api.Identity, error)

	Now    func() time.Time
	Logger *slog.Logger
}

// The optional interfaces of a Method, found with [api.Capability].
type (
	// Kinder returns the kinds of credential that a method accepts; the method is called
	// only for those. A method without it is called for every request. A kind that is not
	// built in adds an Authorization scheme, whose value counts as one of the credentials
	// of a request. It is checked only once: a request in flight ends when its user is
	// disabled or deleted, not when the credential expires.
	Kinder interface{ Kinds() []api.Kind }
	// Cacher returns for how long a successful result may be cached by the text of the
	// credential; the engine limits it to twelve hours. Only kinds that the method names as
	// a [Kinder] are cached, and for those the method sees nothing of the attempt but the
	// credential. A method that reads more, such as a header of its own, must not implement
	// it.
	Cacher interface{ CacheFor() time.Duration }
	// BodyDigester returns the hash of the request body's digest that a method needs, for
	// signatures that cover the body. It must be [crypto.SHA256]. The digest is
	// [api.Attempt].BodyDigest, for the schemes that the method adds as a [Kinder], whose
	// results are then never cached. A request whose body the front end cannot read, or
	// that has a larger one than the front end reads before the decision, is refused
	// without the method being called.
	BodyDigester interface{ BodyDigest() crypto.Hash }
	// Challenger returns the method's WWW-Authenticate challenge (RFC 9110 section 11.6.1)
	// for a refusal; cause may be nil.
	Challenger interface{ Challenge(cause *api.Error) string }
)
