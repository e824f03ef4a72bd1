// Package users provides user directories and password verification. It is used by the
// engine's login, by the methods that take a password, and by the commands that manage
// users.
//
//	login, password --Check--> [Directory] [Directory] ... the first with the login
//	                              |  Store -> Repository (core/store/*)
//	                              |  wordpress -> a WordPress's database, with
//	                              |    passwords for programs ([Applications])
//	                              |  LDAP etc.: verify passwords themselves ([Verifier])
//	                              v
//	                           Passwords: argon2id, bounded, same work when unknown;
//	                           also verifies bcrypt, argon2i and WordPress's forms
//
// A change that revokes a user's credentials raises the user's generation and appends
// to the revocation log in the same transaction. The package issues no tokens, does no
// rate limiting, stores no rows itself and imports no store.
package users
