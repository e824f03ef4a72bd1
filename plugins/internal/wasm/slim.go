package wasm

// Slim releases the stack of a slot's function. The engine keeps one stack for each
// export and never shrinks it: without Slim a call with deep recursion would hold
// megabytes as long as the instance lives. The next call starts with a small stack, which
// costs about a microsecond.
func (i *Instance) Slim(slot int, name string) {
	i.slots[slot] = nil
	i.Forget(name)
}

// Forget is Slim for a function that [Instance.Call] has run.
func (i *Instance) Forget(name string) {
	delete(i.funcs, name)
	i.running = nil
}
