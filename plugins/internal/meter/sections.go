package meter

// CountSections returns how many custom sections of that name there are in any
// bytes, as far as they are a module.
func CountSections(data []byte, name string) (n int) {
	for _, s := range custom(data) {
		if s.name() == name && s.err == nil {
			n++
		}
	}
	return n
}
