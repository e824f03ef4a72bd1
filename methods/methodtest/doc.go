// Package methodtest is the suite that every authentication method passes: what
// the engine relies on, whatever the method does. A method's own test calls
// [Run] with samples.
package methodtest
