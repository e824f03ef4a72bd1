// Package sqlrow converts values between Go and the columns of the stores that use
// database/sql: times as microseconds, lists as JSON, digests in hexadecimal. It knows no
// tables and no engine.
package sqlrow
