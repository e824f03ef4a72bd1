package core

import "github.com/cardea-auth/cardea/core/session"

// HoldsRefreshToken reports whether something in the form of one of Cardea's refresh
// tokens stands anywhere in text, such as a cookie's value.
func HoldsRefreshToken(text string) bool { return session.HoldsRefresh(text) }
