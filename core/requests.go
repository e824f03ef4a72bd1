package core

import "github.com/cardea-auth/cardea/core/api"

// The requests and results of the engine: plain data from package api, which documents
// their fields.
type (
	// LoginRequest is an attempt to log in with a password.
	LoginRequest = api.LoginRequest

	// IssueRequest asks for an access token.
	IssueRequest = api.IssueRequest

	// Issued is a token that was just issued.
	Issued = api.Issued

	// BeginRequest asks for a session: a refresh token and the first access token.
	BeginRequest = api.BeginRequest

	// TokenPair is a pair of tokens.
	TokenPair = api.TokenPair

	// RefreshRequest presents a refresh token.
	RefreshRequest = api.RefreshRequest

	// VerifyRequest asks whether a token is valid.
	VerifyRequest = api.VerifyRequest

	// State says whether a stored credential is accepted at the moment.
	State = api.State

	// Inspected says what a credential is and whether it is accepted at the moment.
	Inspected = api.Inspected

	// Revoked says what an operator's revocation affected.
	Revoked = api.Revoked
)

// The identity headers; see [api.HeaderUser].
const (
	HeaderUser   = api.HeaderUser
	HeaderRoles  = api.HeaderRoles
	HeaderMethod = api.HeaderMethod
)
