// Package printable makes text that somebody else wrote fit for a person's eyes: a
// terminal, a table, a log. What a name holds can neither move the cursor, turn the
// direction of writing, nor begin a line or column of its own.
package printable
