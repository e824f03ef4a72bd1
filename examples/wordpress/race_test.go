//go:build race

package wordpress_test

// slack multiplies how long a change may take to apply: the race detector takes about ten
// times the time.
const slack = 10
