package policy

import (
	"context"
	"log/slog"
	"time"

	"github.com/cardea-auth/cardea/core/api"
)

// Method recognises one kind of credential. Implementations are safe for
// concurrent use and treat the attempt as read-only.
//
// Authenticate returns [ErrNotMine] when the attempt holds nothing for it, so
// that the next method is asked. Any other error stops the chain and denies: an
// error never turns into "anonymous". Errors that a client may see are
// [*Error]; others count as internal. A success names at least a Subject; without
// a Login the subject stands for it. A success without a subject and a panic are
// internal errors, which deny. Identity.Method is the name of the method in the
// chain, whatever Name returns or Authenticate writes.
type Method interface {
	// Name returns the name that the method was opened with.
	Name() string
	Authenticate(ctx context.Context, a api.Attempt) (api.Identity, error)
}

// Opener makes a method from its configuration; the Config of every package
// below methods is one.
//
// A Config that a configuration file can hold is a struct whose fields have the tags
// yaml (the key, or "-" for what is no setting), doc (a sentence for people), and as
// needed default, enum (words with | between) and kind:"path". Its settings lie beside
// the type and the name of the method in the file. They may be strings, whole numbers
// (int), true or false, [time.Duration], [api.Secret] with a twin KEY_file, types that
// implement [encoding.TextUnmarshaler], lists and maps of those, and structs.
type Opener interface {
	Open(name string, deps Deps) (Method, error)
}

// Validator is the optional ability of an [Opener] to find what is wrong with its
// settings before anything is opened. It joins errors of [api.BadSetting].
type Validator interface{ Validate(Surroundings) error }

// Surroundings is what a configuration holds besides a method.
type Surroundings struct {
	Directories []string // the types of its user directories, in their order
}

// NamedMethod is one place in the chain.
type NamedMethod struct {
	Name        string
	Opener      Opener
	RefuseRoles []string // who has one of these roles may not use it
	Places      []Place  // where its credentials count; none: everywhere
}

// Deps is what the engine lends to methods. See WithDefaults for a zero value that does
// not panic.
type Deps struct {
	// CheckPassword returns the user whose login and password these are, out of the
	// directory that the attempt in hand names, or of all of them in order; ctx must
	// be the method's. Its cost does not tell an unknown user from a wrong password.
	// It is a login: login-before, login-after, the limits of guessing and the events
	// apply. A challenge refuses it, with a core.ChallengeError in the error. The peer
	// counts outside Authenticate only; inside, the attempt's does.
	CheckPassword func(ctx context.Context, login string, password api.Secret, peer api.Peer) (api.Identity, error)
	// CheckApplication is CheckPassword for the passwords of users' programs alone:
	// a user's own is a wrong one.
	CheckApplication func(ctx context.Context, login string, password api.Secret, peer api.Peer) (api.Identity, error)
	// VerifyToken returns the identity that a token of one of the policy's
	// layouts stands for. Revocation and hooks are the engine's business afterwards.
	VerifyToken func(ctx context.Context, text string) (api.Identity, error)
	// APIKey returns a stored key by id, revoked and expired ones too.
	APIKey func(ctx context.Context, id string) (api.APIKey, error)
	// User returns the enabled user with that subject.
	User func(ctx context.Context, subject string) (api.Identity, error)

	Now    func() time.Time
	Logger *slog.Logger
}

// The optional abilities of a Method, found with [api.Capability].
type (
	// Kinder names the kinds of credential that a method takes, so that it is
	// asked for no other. A method without it is asked at every request. A kind that
	// the engine does not know is a scheme that the method brings to Authorization;
	// such a credential counts where a request must show one only. It is judged once:
	// a request under way ends with the user that it names, not with the credential.
	Kinder interface{ Kinds() []api.Kind }
	// Cacher says for how long at most a success may be remembered by the text
	// of the credential alone; the engine bounds it by twelve hours. Only
	// credentials of a kind that the method names as a [Kinder] are cached, and
	// of their attempts it sees the credential and nothing else. A method that
	// reads more, such as a header of its own, goes without it, and is never
	// cached.
	Cacher interface{ CacheFor() time.Duration }
	// Challenger returns the method's WWW-Authenticate challenge (RFC 9110
	// section 11.6.1) for a refusal; cause may be nil.
	Challenger interface{ Challenge(cause *api.Error) string }
)
