// Package hooks is the mechanism by which Cardea is extended: typed points that
// Go functions, inline expressions and WASM guests bind to alike.
//
// A filter may change a value or refuse; an action is told afterwards, behind who
// tells it. There is
// no third kind. The catalogue of points is core.Hooks; ready-made handlers
// live in the directories below this one.
//
//	engine --Apply--> [handler -10] -> [handler 0 "a"] -> [handler 0 "b"] -> value
//	                        any error or panic: stop, zero value, refused
//
// Handlers run in ascending [Order], ties by id, so that the result depends on
// neither registration order nor maps. Binding takes place before serving; a
// reload builds new points and swaps them. All types are safe for concurrent
// use. The package imports the standard library only.
package hooks
