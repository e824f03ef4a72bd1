package users

// Named reports of a directory whether it has that name.
func Named(name string) func(Directory) bool {
	return func(d Directory) bool { return d.Name() == name }
}
