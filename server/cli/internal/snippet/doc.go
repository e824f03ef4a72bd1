// Package snippet has the command that prints parts for the configuration of other servers.
package snippet
