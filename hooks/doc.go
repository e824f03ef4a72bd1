// Package hooks is the extension mechanism of Cardea: typed points to which Go functions,
// inline expressions and WASM guests are bound in the same way.
//
// A filter may change a value or refuse; an action is told afterwards, asynchronously.
// There is no third kind. The points are listed in core.Hooks; ready-made handlers are in
// the directories below this one.
//
//	engine --Apply--> [handler -10] -> [handler 0 "a"] -> [handler 0 "b"] -> value
//	                        any error or panic: stop, zero value, refused
//
// Handlers run in ascending [Order], ties by id, so the result does not depend on the order
// of registration. Handlers are bound before serving; a reload builds new points and swaps
// them. All types are safe for concurrent use. The package imports the standard library
// only.
package hooks
