// Package app puts a server together from its configuration with fx. It is the
// only room that knows all the lists and the only one that knows fx; the parts
// themselves are plain constructors that anybody can call.
//
//	config -> store keys users plugins -> hooks methods dialects -> engine
//	       -> gateway router -> listeners
//
// One fx.Module a part. Methods, dialects and hook bindings are value groups;
// fx hands groups over in any order, so each member carries its place and is
// sorted after arrival. Parts start in the order in which they depend on each
// other and stop in reverse.
package app
