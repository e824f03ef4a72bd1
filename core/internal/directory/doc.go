// Package directory finds users in the directories of an engine, and says to which of them
// an identity belongs: a number or a login name means somebody in one directory only.
//
//	the steps of a decision, a login, an issue -> Directories -> users.Directory
//
// It keeps nothing: each question is one to a directory.
package directory
