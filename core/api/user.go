package api

import (
	"strings"
	"time"
	"unicode/utf8"
)

// User is an entry of a directory.
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
	// SuperAdmin says that the application lets the user do whatever administrators may,
	// whatever their roles. Here it grants nothing, but what is refused to administrators
	// is refused to them too.
	SuperAdmin bool
	Disabled   bool
	Gen        int64  // incremented to invalidate all earlier credentials
	Hash       Secret // password hash in a PHC or crypt form, never sent anywhere
	Created    time.Time
	Updated    time.Time
}

// Identity returns the user without the fields that must not leave the directory.
func (u User) Identity(directory string) Identity {
	return Identity{
		Subject: u.Subject, Number: u.Number, Directory: directory,
		Login: u.Login, Email: u.Email, Nicename: u.Nicename, Display: u.Display,
		FirstName: u.FirstName, LastName: u.LastName,
		Roles: u.Roles, SuperAdmin: u.SuperAdmin, Gen: u.Gen,
	}
}

// LoginKey returns the normalized form of a login name or e-mail address, by which
// directories compare: trimmed and case-folded. It is idempotent.
func LoginKey(login string) string {
	login = strings.TrimSpace(login)
	if strings.IndexFunc(login, func(r rune) bool { return r >= utf8.RuneSelf }) >= 0 {
		login = strings.ToUpper(login) // letters with several lower-case forms have one upper-case form
	}
	return strings.ToLower(login)
}

// FoldASCII returns s with ASCII capitals in lower case and everything else unchanged: for
// names in applications in which "ſam" is not "sam".
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
	RevokeSession RevocationKind = "sid"     // one refresh token family and its tokens
	RevokeSubject RevocationKind = "sub"     // all of a user's credentials below MinGen or issued until At
	RefreshUser   RevocationKind = "user"    // revokes nothing, but cached data of the user is read again
	RevokeClient  RevocationKind = "client"  // everything issued to a client
	RevokeAPIKey  RevocationKind = "api_key" // one API key
	RevokeKey     RevocationKind = "kid"     // everything that a signing key signed
	RevokeAll     RevocationKind = "global"  // everything issued until At
)

// SpareAPIKeys is the Key of a RevokeAll that does not revoke API keys. Versions that do
// not know it revoke them as well.
const SpareAPIKeys = "all but API keys"

// Revocation is one row of the append-only revocation log.
type Revocation struct {
	Seq     int64 // set by the store; increasing, but may become visible out of order
	Kind    RevocationKind
	Key     string    // what is revoked; for RevokeAll SpareAPIKeys or ignored
	MinGen  int64     // RevokeSubject, RevokeClient: the lowest generation that stays valid
	At      time.Time // time of the event
	Expires time.Time // when all affected credentials have expired
	Reason  string    // why, for display
	Actor   string    // who did it, for display
}
