package keys

import "time"

// State is where in its life a key is.
type State string

// The states in order. Next and Retiring keys verify, only the Active one
// signs, Retired ones are about to be deleted.
const (
	Next     State = "next"     // published, so that verifiers know it, but not signing yet
	Active   State = "active"   // signs
	Retiring State = "retiring" // replaced; verifies until the last token has expired
	Retired  State = "retired"  // over
)

// Info describes a key without its material.
type Info struct {
	ID        string
	Algorithm string
	State     State
	Created   time.Time
	NotBefore time.Time // when it signs, or began to
	RetireAt  time.Time // when it stops verifying; zero while it signs
}

// Change is one step of a key's life, for the key-rotated hook and the log.
type Change struct {
	KeyID     string
	Algorithm string
	From      State // "" for a new key
	To        State
}
