// Mutate measures what the tests would notice. It makes small changes to the packages
// that decide about access, one at a time, runs the tests that reach the place, and
// counts the changes that make a test fail. It prints those that none noticed.
//
// The changes are: a condition negated, an operand of && or || dropped, a statement or
// an entry of a list removed, an error returned as nil. All of them are compiled into
// one set of test binaries, through an overlay that leaves the sources alone; a variable
// of the environment switches one of them on.
//
// A change that no test reaches counts as not noticed: an operand of && is reached when
// it is false, of || when it is true. Loops' conditions are left alone, since most would
// never end. Removed calls of Lock and Unlock
// are not tried: what they would do shows under the race detector alone.
package main
