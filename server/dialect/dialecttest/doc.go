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
// Run plays the rows on the dialect's own routes and counts the others; RunGate
// plays those through engine and gateway, with an upstream that answers as the
// recorded one did. Refresh tokens that a row answered here stand in for the
// recorded ones in later rows. The package opens no ports and reads no network.
package dialecttest
