// Package dialecttest replays what the real plugins answered inside a real
// WordPress against a dialect. A dialect's tests call it with their transcript:
//
//	transcript row -> engine with the recording's users, its clock set to the row
//	               -> the dialect's endpoints -> compare with what was recorded
//
// A row agrees if status and code are the same, the JSON has the same members
// with the same types, the headers that matter are there, and tokens have the
// same header and claims in the same order, but for jti, sid and gen. Every row
// that does not agree must be in the table of deviations with its reason and
// the answer given instead; a deviation that has ceased to be one is an error
// too. So the table is at once the list for readers and its test.
//
// Rows about routes of others are handed to an upstream if there is one, else
// counted and left out. The package opens no ports and reads no network.
package dialecttest
