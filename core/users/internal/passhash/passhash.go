package passhash

import "errors"

// ErrMismatch says that a password does not fit its hash.
var ErrMismatch = errors.New("password does not match")

// Form is one form of password hash. It bounds the work that the
// parameters in a stored hash may ask for.
type Form interface {
	// Match reports whether the hash is of this form.
	Match(hash string) bool
	// Cost returns the work that Verify does, or what is wrong with the hash.
	Cost(hash string) (Cost, error)
	// Verify returns nil, ErrMismatch, or what is wrong with the hash. It does the
	// same work for every password of one length.
	Verify(hash, password string) error
}

// Forms is the list of the forms; no hash is of two of them.
func Forms() []Form {
	return []Form{
		argon2id{}, argon2i{}, bcryptForm{}, prehashed{}, phpass{}, md5Crypt{}, plainMD5{}, fastHash{},
	}
}

// Marked is [Forms] and what [WordPress] has marked.
func Marked() []Form { return append(Forms(), wordPress{Forms()}) }

// Find returns the form that a hash is of, nil if none.
func Find(list []Form, hash string) Form {
	for _, f := range list {
		if f.Match(hash) {
			return f
		}
	}
	return nil
}
