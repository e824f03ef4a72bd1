package core

import "github.com/cardea-auth/cardea/core/api"

// What the engine is asked for, and what it gives: plain data out of package api, which
// tells of each field.
type (
	// LoginRequest is a try to log in with a password.
	LoginRequest = api.LoginRequest

	// IssueRequest asks for an access token.
	IssueRequest = api.IssueRequest

	// Issued is a token that was just signed.
	Issued = api.Issued

	// BeginRequest asks for a session: a refresh token and its first access token.
	BeginRequest = api.BeginRequest

	// Grant is a pair of tokens.
	Grant = api.Grant

	// RefreshRequest presents a refresh token.
	RefreshRequest = api.RefreshRequest

	// VerifyRequest asks whether a token is good.
	VerifyRequest = api.VerifyRequest

	// State says whether something that is kept counts at the moment.
	State = api.State

	// Inspected says what a credential is and whether it counts at the moment.
	Inspected = api.Inspected

	// Revoked says what an operator's revocation hit.
	Revoked = api.Revoked
)

// The identity headers; see [api.HeaderUser].
const (
	HeaderUser   = api.HeaderUser
	HeaderRoles  = api.HeaderRoles
	HeaderMethod = api.HeaderMethod
)
