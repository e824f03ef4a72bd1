package users

// Named returns a function that reports whether a directory has this name.
func Named(name string) func(Directory) bool {
	return func(d Directory) bool { return d.Name() == name }
}
