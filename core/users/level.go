package users

// What takes as long as what: how long argon2 takes depends on where its memory comes
// from, and so on what ran before. No other work can stand in for it, and every try
// does as much of it as any; everything else is time of the processor alone.

// level works on a password as long as is missing: argon2 by argon2, the rest as the
// dearest form does.
func (p *Passwords) level(done, inUse []cost, password string, least func(float64) float64) {
	p.levelMemory(done, inUse, password)
	doneRest, inUseRest := withoutArgon(done), withoutArgon(inUse)
	spent, goal := p.watch.sum(doneRest, len(password)), 0.0
	var c cost
	if len(inUseRest) > 0 {
		c = p.dearest(inUseRest, len(password))
		goal = p.watch.of(c, len(password))
		if spent == 0 {
			c.run(password)
			spent = goal
		}
	}
	if least != nil {
		goal = max(goal, least(spent))
	}
	p.watch.spend(c, goal-spent)
}

// levelMemory does what is missing to the argon2 form that fills most memory.
func (p *Passwords) levelMemory(done, inUse []cost, password string) {
	if c, ok := missingMemory(done, inUse); ok {
		c.run(password)
	}
}

// missingMemory is a hash that fills as much memory as those that were done lack of the
// dearest in use; false if they lack nothing.
func missingMemory(done, inUse []cost) (most cost, ok bool) {
	for _, c := range inUse {
		if c.kind == argon && c.filled() > most.filled() {
			most = c
		}
	}
	missing := most.filled()
	for _, c := range done {
		if c.kind == argon {
			missing -= c.filled()
		}
	}
	if missing <= 0 {
		return cost{}, false
	}
	most.n = max(uint32(missing)/most.passes, minMemory)
	return most, true
}

// filled is how many KiB argon2 fills, in all its passes.
func (c cost) filled() int64 { return int64(c.n) * int64(c.passes) }

func withoutArgon(list []cost) (rest []cost) {
	for _, c := range list {
		if c.kind != argon {
			rest = append(rest, c)
		}
	}
	return rest
}

// dearest returns the cost that takes longest on a password of that length.
func (p *Passwords) dearest(list []cost, length int) cost {
	best := list[0]
	if len(list) == 1 {
		return best // nothing needs to be measured
	}
	for _, c := range list[1:] {
		if p.watch.of(c, length) > p.watch.of(best, length) {
			best = c
		}
	}
	return best
}
