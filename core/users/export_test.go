package users

// Occupy takes one of p's slots until release is called.
func Occupy(p *Passwords) (release func()) {
	p.turns <- struct{}{}
	return func() { <-p.turns }
}
