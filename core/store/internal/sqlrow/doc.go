// Package sqlrow reads the values of a table's row in the forms in which the stores over
// database/sql keep them, and writes them: times as microseconds, lists as JSON, digests
// in hexadecimal. It knows no tables and no engine.
package sqlrow
