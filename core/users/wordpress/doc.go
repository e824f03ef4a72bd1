// Package wordpress is the user directory of a WordPress: its users log in to
// Cardea with the passwords that they have there. The server opens it where the
// configuration says `users: [{type: wordpress}]`; the engine asks it.
//
//	login, token --lookup--> Directory --SELECT--> wp_users, wp_usermeta
//	                            |  every row that is read is compared:
//	                            v  password, e-mail, roles, status
//	   revocation log <--row-- ledger <--compare, every 500 ms-- watch
//
// WordPress keeps no generation of a user, and nothing is ever written to it. So
// the directory keeps a stamp of each user who may hold credentials, inside the
// revocation log: the row that ends what a user held carries the new stamp. A
// restart therefore sees what changed meanwhile, nodes agree, and a stamp goes
// when the last credential that it could end has expired.
//
// A WordPress that replaces an old hash at a login there (md5 and $P$, since
// 6.8) looks like a change of password and ends what the user held once; its own
// cookies end then as well.
//
// An application password is taken where the user's own is, as WordPress does in
// its REST API. Removing one ends what is tried with it anew, within the minute that
// a method may remember a success; tokens that were given for it live on, as the
// plugins' do.
//
// A super administrator of a network has the roles of the site that is asked, and is one
// of those who are refused as administrators.
//
// Not here: changes of users, and the hashes themselves (core/users). A role is a name, WordPress's capabilities stay there.
package wordpress
