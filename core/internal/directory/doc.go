// Package directory looks up users in the directories of an engine and determines which of
// them an identity belongs to: a number or a login name identifies a user in one directory
// only.
//
//	the steps of a decision, a login, an issue -> Directories -> users.Directory
//
// It caches nothing: each call asks a directory.
package directory
