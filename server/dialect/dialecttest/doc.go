// Package dialecttest replays recorded answers of the real plugins in a real WordPress
// against a dialect. A dialect's tests call it with their transcript:
//
//	transcript row -> engine with the recording's users, its clock set to the row
//	               -> the dialect's endpoints, or the gateway and the upstream
//	               -> compare with what was recorded
//
// A row agrees if status and code are the same, the JSON has the same members with the
// same types, the relevant headers are present, and tokens have the same header and
// claims in the same order, except for jti, sid and gen. Rows outside of the dialect's
// own routes go through engine and gateway to an upstream that replays the recorded
// WordPress's answer to an equal request of the same client: forwarded requests must
// get this answer unchanged, refused ones the plugin's error.
//
// Every row that does not agree must be listed as a deviation with its reason and the
// answer given instead; a listed row that agrees is an error too. So the list of
// deviations is both documentation and test. The log contains a table of how many rows
// agree, are refused on purpose, and differ otherwise.
//
// A suite has a transcript, a mount and the gateway's rules; this package implements the
// flags in a row's config. Refresh tokens issued here replace the recorded ones in
// later rows. The package opens no ports and does not use the network.
package dialecttest
