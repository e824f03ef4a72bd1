package passhash

// Equal timing: the time of argon2 depends on the allocation of its memory, and so on
// what ran before. Only argon2 can compensate for argon2, so every check does the same
// amount of it; everything else is pure CPU time.

// Level adds the work that is missing to reach the most expensive form in use: argon2
// by argon2, the rest by CPU time.
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

// levelMemory runs argon2 with the memory that done lacks to the largest argon2 cost in
// use.
func levelMemory(done, inUse []Cost, password string) {
	if c, ok := missingMemory(done, inUse); ok {
		c.run(password)
	}
}

// missingMemory returns the argon2 cost that fills as much memory as done lacks to the
// largest cost in use; false if nothing is missing.
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

// filled returns how many KiB argon2 writes in all its passes.
func (c Cost) filled() int64 { return int64(c.N) * int64(c.Passes) }

func withoutArgon(list []Cost) (rest []Cost) {
	for _, c := range list {
		if c.Kind != Argon {
			rest = append(rest, c)
		}
	}
	return rest
}

// Dearest returns the cost that takes longest for a password of this length.
func (w *Stopwatch) Dearest(list []Cost, length int) Cost {
	best := list[0]
	if len(list) == 1 {
		return best // nothing to measure
	}
	for _, c := range list[1:] {
		if w.Of(c, length) > w.Of(best, length) {
			best = c
		}
	}
	return best
}
