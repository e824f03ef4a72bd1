//go:build !unix

package files

// CheckPrivate does nothing: permissions cannot be checked on this platform.
func CheckPrivate(string) error { return nil }
