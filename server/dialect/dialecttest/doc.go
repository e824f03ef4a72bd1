// Package dialecttest replays what the real plugins answered inside a real
// WordPress against a dialect. A dialect's tests call it with their transcript:
//
//	transcript row -> engine with the recording's users, its clock set to the row
//	               -> the dialect's endpoints, or the gate and the upstream
//	               -> compare with what was recorded
//
// A row agrees if status and code are the same, the JSON has the same members with
// the same types, the headers that matter are there, and tokens have the same
// header and claims in the same order, but for jti, sid and gen. Rows that are not
// on the dialect's own routes go through engine and gateway to an upstream that
// answers as the recorded WordPress answered an equal request of the same client:
// what is passed on must come back unchanged, what is refused must be refused in
// the plugin's words.
//
// Every row that does not agree must be in the table of deviations with its reason
// and the answer given instead; a deviation that has ceased to be one is an error
// too. So the table is at once the list for readers and its test. The log has a
// table of how many rows agree, are refused on purpose, and differ otherwise.
//
// A suite is a transcript, a mount and the gate's rules; what the flags of a row's
// config mean is known here. Refresh tokens that a row answered here stand in for
// the recorded ones in later rows. The package opens no ports and reads no network.
package dialecttest
