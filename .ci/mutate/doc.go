// Mutate measures what the tests would notice. It makes small changes to the packages
// that decide about access, one at a time, runs the tests that reach the change, and
// counts the changes that make a test fail. It prints those that no test noticed.
//
// The changes are: a condition negated, an operand of && or || dropped, a statement or a
// list entry removed, an error returned as nil. All of them are compiled into one set of
// test binaries, through an overlay that does not modify the sources; an environment
// variable switches one of them on.
//
// A change that no test reaches counts as not noticed: an operand of && is reached when
// it is false, of || when it is true. Loop conditions are not changed, since most loops
// would never end. Calls of Lock and Unlock are not removed, since only the race detector
// would notice.
package main
