package wasm

// Slim lets go of the stack that the function of a slot has run on. The engine
// keeps one for each export and never makes it smaller: without this a call that
// went deep holds megabytes for as long as the instance lives. The next call begins
// with a small one, which costs it about a microsecond.
func (i *Instance) Slim(slot int, name string) {
	i.slots[slot] = nil
	i.Forget(name)
}

// Forget does the same for a function that [Instance.Call] has run.
func (i *Instance) Forget(name string) {
	delete(i.funcs, name)
	i.running = nil
}
