package command

import (
	"cmp"
	"fmt"
	"io"

	"github.com/cardea-auth/cardea/core/printable"
	"github.com/cardea-auth/cardea/server/manage"
)

// TellRevoked prints which credential was revoked, which of its user's credentials stay
// valid, and the command that revokes those.
func TellRevoked(w io.Writer, r manage.Revoked) {
	who := Who(r.Login, r.Subject, r.User)
	switch r.What {
	case "refresh token":
		fmt.Fprintf(w, "revoked the refresh token of %s; its session %s and the tokens of that session have ended\n", who, r.ID)
	case "session":
		fmt.Fprintf(w, "ended session %s of %s, and its tokens\n", r.ID, who)
	case "API key":
		fmt.Fprintf(w, "revoked key %s of %s\n", r.ID, who)
	default:
		fmt.Fprintf(w, "revoked the %s %s of %s\n", r.What, r.ID, cmp.Or(who, "an unknown user"))
	}
	if r.Before != "" {
		fmt.Fprintf(w, "it was already refused (%s), and stays refused even if that changes\n", r.Before)
	}
	if r.LiveSession != "" {
		fmt.Fprintf(w, "its session continues and can get new tokens: 'cardea session revoke %s' ends it\n", Argument(r.LiveSession))
	}
	if r.OldSecret {
		fmt.Fprintln(w, "that was an old secret, and the newest secret of the key is refused, too")
	}
	if r.Uncounted != "" {
		fmt.Fprintf(w, "what else of %s is valid cannot be counted now: %s\n", cmp.Or(who, "its user"), printable.Line(r.Uncounted))
		return
	}
	if r.LiveSessions+r.LiveAPIKeys > 0 {
		fmt.Fprintf(w, "still valid for %s: %s, %s; %s\n", who, Count(r.LiveSessions, "session"), Count(r.LiveAPIKeys, "API key"), endsAll(r, "everything"))
	}
	if r.Issuer == "" {
		fmt.Fprintf(w, "%s of the user that belong to no session are not counted and may still be valid: %s\n", tokensLeft(r.What), endsAll(r, "them"))
	}
	if r.Issuer != "" {
		fmt.Fprintf(w, "other tokens that issuer %s issued to the user stay valid: 'cardea session revoke --user %s' revokes those issued until now\n", r.Issuer, Word(r.Subject))
	}
}

// Who returns how a user is called: by the login, with the subject beside it if name, which
// commands take for the user, is another.
func Who(login, subject, name string) string {
	switch {
	case login == "":
		return subject
	case name != "" && name != login:
		return login + " (" + subject + ")"
	}
	return login
}

// endsAll returns the command that ends what a user still has, and what it ends.
func endsAll(r manage.Revoked, what string) string {
	if r.User == "" {
		return fmt.Sprintf("the user is gone, so only 'cardea token revoke --everything' ends %s, with everything of all users", what)
	}
	return fmt.Sprintf("'cardea session revoke --user %s' ends %s", Word(r.User), what)
}

// tokensLeft returns the words for the tokens that the revocation leaves valid. An API key
// is not a token.
func tokensLeft(what string) string {
	if what == "API key" {
		return "tokens"
	}
	return "other tokens"
}

// TellLoggedOut prints what was revoked for a user. A user of an external issuer has
// nothing stored here and may log in again.
func TellLoggedOut(w io.Writer, r manage.Revoked) {
	who := Who(r.Login, r.Subject, r.User)
	if r.Uncounted != "" {
		fmt.Fprintf(w, "everything issued to %s until now is refused; how much that was cannot be counted now: %s\n", who, printable.Line(r.Uncounted))
		return
	}
	if r.Issuer == "" && r.Sessions+r.APIKeys == 0 {
		fmt.Fprintf(w, "%s had no live session and no live API key; every token issued to them until now is refused, and whether one was still valid is not known\n", who)
		return
	}
	if r.Issuer == "" {
		fmt.Fprintf(w, "ended for %s: %s, %s and all tokens\n", who, Count(r.Sessions, "session"), Count(r.APIKeys, "API key"))
		return
	}
	fmt.Fprintf(w, "every token of %s that was issued until now is refused\n", who)
	fmt.Fprintf(w, "tokens that issuer %s issues from now on are accepted: to lock the user out, disable the account there\n", r.Issuer)
}

// Count formats a number of things, in the singular or plural.
func Count(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}
