package passhash

// What takes as long as what: how long argon2 takes depends on where its memory comes
// from, and so on what ran before. No other work can stand in for it, and every try
// does as much of it as any; everything else is time of the processor alone.

// Level works on a password as long as is missing: argon2 by argon2, the rest as the
// dearest form does.
func (w *Stopwatch) Level(done, inUse []Cost, password string, least func(float64) float64) {
	levelMemory(done, inUse, password)
	doneRest, inUseRest := withoutArgon(done), withoutArgon(inUse)
	spent, goal := w.sum(doneRest, len(password)), 0.0
	var c Cost
	if len(inUseRest) > 0 {
		c = w.Dearest(inUseRest, len(password))
		goal = w.Of(c, len(password))
		if spent == 0 {
			c.run(password)
			spent = goal
		}
	}
	if least != nil {
		goal = max(goal, least(spent))
	}
	w.spend(c, goal-spent)
}

// levelMemory does what is missing to the argon2 form that fills most memory.
func levelMemory(done, inUse []Cost, password string) {
	if c, ok := missingMemory(done, inUse); ok {
		c.run(password)
	}
}

// missingMemory is a hash that fills as much memory as those that were done lack of the
// dearest in use; false if they lack nothing.
func missingMemory(done, inUse []Cost) (most Cost, ok bool) {
	for _, c := range inUse {
		if c.Kind == Argon && c.filled() > most.filled() {
			most = c
		}
	}
	missing := most.filled()
	for _, c := range done {
		if c.Kind == Argon {
			missing -= c.filled()
		}
	}
	if missing <= 0 {
		return Cost{}, false
	}
	most.N = max(uint32(missing)/most.Passes, MinMemory)
	return most, true
}

// filled is how many KiB argon2 fills, in all its passes.
func (c Cost) filled() int64 { return int64(c.N) * int64(c.Passes) }

func withoutArgon(list []Cost) (rest []Cost) {
	for _, c := range list {
		if c.Kind != Argon {
			rest = append(rest, c)
		}
	}
	return rest
}

// Dearest returns the cost that takes longest on a password of that length.
func (w *Stopwatch) Dearest(list []Cost, length int) Cost {
	best := list[0]
	if len(list) == 1 {
		return best // nothing needs to be measured
	}
	for _, c := range list[1:] {
		if w.Of(c, length) > w.Of(best, length) {
			best = c
		}
	}
	return best
}
