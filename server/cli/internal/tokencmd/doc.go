// Package tokencmd implements 'cardea token': inspect, issue, verify and revoke.
//
//	server/cli -> New -> inspect, issue, revoke -> server/manage, through the control socket
//	                  -> verify                 -> core/token, without a server
//
// The other credentials have commands in server/cli; what a revocation ended is printed by
// package command for all of them.
package tokencmd
