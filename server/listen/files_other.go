//go:build !unix

package listen

// maxFiles returns 0: the system has no such limit.
func maxFiles() int { return 0 }
