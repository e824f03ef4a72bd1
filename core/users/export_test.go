package users

// Occupy takes one turn of p until release is called.
func Occupy(p *Passwords) (release func()) {
	p.turns <- struct{}{}
	return func() { <-p.turns }
}
