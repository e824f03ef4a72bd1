package passhash

import "errors"

// ErrMismatch is returned if a password does not match its hash.
var ErrMismatch = errors.New("password does not match")

// Form is a password hash format. It bounds the cost parameters of stored hashes.
type Form interface {
	// Match reports whether the hash has this form.
	Match(hash string) bool
	// Cost returns the work of Verify, or an error if the hash is invalid.
	Cost(hash string) (Cost, error)
	// Verify returns nil, ErrMismatch, or an error if the hash is invalid. It does the
	// same work for all passwords of the same length.
	Verify(hash, password string) error
}

// Forms returns all forms; at most one matches a hash.
func Forms() []Form {
	return []Form{
		argon2id{}, argon2i{}, bcryptForm{}, prehashed{}, phpass{}, md5Crypt{}, plainMD5{}, fastHash{},
	}
}

// Marked returns [Forms] and the form of hashes marked by [WordPress].
func Marked() []Form { return append(Forms(), wordPress{Forms()}) }

// Find returns the form of a hash, nil if there is none.
func Find(list []Form, hash string) Form {
	for _, f := range list {
		if f.Match(hash) {
			return f
		}
	}
	return nil
}
