// Package wordpress is a user directory backed by a WordPress database: its users log
// in to Cardea with their WordPress passwords. The server opens it for `users: [{type:
// wordpress}]` in the configuration.
//
//	login, token --lookup--> Directory --SELECT--> wp_users, wp_usermeta
//	                            |  every row that is read is compared:
//	                            v  password, e-mail, roles, status
//	   revocation log <--row-- ledger <--compare, every 500 ms-- watch
//
// WordPress has no generation of a user, and the database is never written to. So the
// directory keeps a stamp (a digest of the fields that matter) of each user who may
// hold credentials, in the revocation log: the row that revokes a user's credentials
// contains the new stamp. A restart therefore detects changes made meanwhile, and nodes
// agree. A stamp expires with the last credential that it could revoke.
//
// If WordPress replaces an old hash at a login there (md5 and $P$, since 6.8), this
// looks like a password change and revokes the user's credentials once; WordPress's own
// cookies become invalid as well.
//
// An application password is accepted instead of the user's own, as in WordPress's REST
// API. After its removal, new attempts fail within the minute for which a method may
// cache a success; tokens issued for it remain valid, as with the plugins.
//
// A super administrator of a network has the roles of the configured site, and counts
// as an administrator where administrators are refused.
//
// Changes of users and the hash formats are in core/users. Roles are only names;
// WordPress's capabilities are not used.
package wordpress
