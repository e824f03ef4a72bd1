// Package all is the list of dialects that the server speaks: one line a
// dialect. Only server/mount, server/check, the commands and examples import it.
package all
