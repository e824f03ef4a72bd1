// Package users knows people: the directories that hold them and the passwords
// that prove them. The engine's login and the methods that take a password call
// it, and so do the commands that manage users.
//
//	login, password --Check--> [Directory] [Directory] ... first that knows the login
//	                              |  Store -> Repository (core/store/*)
//	                              |  wordpress -> a WordPress's database, with
//	                              |    passwords for programs ([Applications])
//	                              |  LDAP and the like: asked themselves ([Verifier])
//	                              v
//	                           Passwords: argon2id, bounded, same work when unknown;
//	                           verifies bcrypt, argon2i and WordPress's forms besides
//
// A change that must end what a user holds raises the user's generation and
// appends to the revocation log in the same transaction. The package issues no
// tokens, limits no rates, keeps no rows itself and imports no store.
package users
