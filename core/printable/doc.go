// Package printable makes text from others safe to show in a terminal, a table or a log.
// Such text can then not move the cursor, change the writing direction, or start a line or
// column of its own.
package printable
