package api

import (
	"strings"
	"time"
	"unicode/utf8"
)

// User is one row of a directory.
type User struct {
	Subject   string
	Number    int64 // unique per directory, from 1
	Login     string
	Email     string
	Nicename  string
	Display   string
	FirstName string
	LastName  string
	Roles     []string
	// SuperAdmin: the application lets them do whatever administrators may, whatever their
	// roles. It gives nothing here, but what is refused to administrators is to them.
	SuperAdmin bool
	Disabled   bool
	Gen        int64  // raised by one whenever all earlier credentials must die
	Hash       Secret // password hash in a PHC or crypt form, never sent anywhere
	Created    time.Time
	Updated    time.Time
}

// Identity returns what of the user may be known to the rest of the system.
func (u User) Identity(directory string) Identity {
	return Identity{
		Subject: u.Subject, Number: u.Number, Directory: directory,
		Login: u.Login, Email: u.Email, Nicename: u.Nicename, Display: u.Display,
		FirstName: u.FirstName, LastName: u.LastName,
		Roles: u.Roles, SuperAdmin: u.SuperAdmin, Gen: u.Gen,
	}
}

// LoginKey returns the form of a login name or e-mail address by which
// directories compare: trimmed and without case. It is idempotent.
func LoginKey(login string) string {
	login = strings.TrimSpace(login)
	if strings.IndexFunc(login, func(r rune) bool { return r >= utf8.RuneSelf }) >= 0 {
		login = strings.ToUpper(login) // letters with several lower forms have one upper form
	}
	return strings.ToLower(login)
}

// FoldASCII returns a text with the capitals of ASCII made small, and all else as it is:
// for names in applications to which "ſam" is not "sam".
func FoldASCII(s string) string {
	if strings.IndexFunc(s, isCapital) < 0 {
		return s
	}
	b := []byte(s)
	for i, c := range b {
		if isCapital(rune(c)) {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}

func isCapital(r rune) bool { return 'A' <= r && r <= 'Z' }

// RevocationKind says what a [Revocation] revokes.
type RevocationKind string

// The kinds of revocation.
const (
	RevokeToken   RevocationKind = "jti"     // one token
	RevokeSession RevocationKind = "sid"     // one refresh family and its tokens
	RevokeSubject RevocationKind = "sub"     // all of a user's credentials below MinGen or not after At
	RefreshUser   RevocationKind = "user"    // nothing dies, but what is remembered of the user is read anew
	RevokeClient  RevocationKind = "client"  // all of a client's
	RevokeAPIKey  RevocationKind = "api_key" // one API key
	RevokeKey     RevocationKind = "kid"     // all that a signing key signed
	RevokeAll     RevocationKind = "global"  // everything issued until At
)

// SpareAPIKeys is the key of a RevokeAll that lets API keys live. Versions that do
// not know it revoke them, too.
const SpareAPIKeys = "all but API keys"

// Revocation is one row of the append-only revocation log.
type Revocation struct {
	Seq     int64 // given by the store; grows, but may become visible out of order
	Kind    RevocationKind
	Key     string    // what is revoked; for RevokeAll SpareAPIKeys or not heeded
	MinGen  int64     // RevokeSubject, RevokeClient: lowest generation that still lives
	At      time.Time // moment of the event
	Expires time.Time // when the last credential hit by it has expired anyway
	Reason  string    // why, for people
	Actor   string    // who did it, for people
}
