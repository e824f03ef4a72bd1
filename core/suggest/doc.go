// Package suggest finds the name that was probably meant where there is none such.
//
//	an unknown name, the known ones -> Nearest -> "did you mean ...?"
//
// The configuration and the plugin host call it for their messages. It reads nothing
// and keeps nothing.
package suggest
