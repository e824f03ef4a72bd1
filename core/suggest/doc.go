// Package suggest finds the known name that is most similar to an unknown one.
//
//	an unknown name, the known ones -> Nearest -> "did you mean ...?"
//
// The configuration loader and the plugin host use it for their messages. It reads nothing
// and keeps no state.
package suggest
