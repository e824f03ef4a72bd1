// Package app puts a server together from its configuration with fx. It is the
// only room that knows fx; the parts themselves are plain constructors that anybody
// can call, such as those of server/mount (methods and dialects at their mounts),
// server/state (store, keys, directories) and server/check (what is wrong).
//
//	config -> store keys users plugins -> hooks methods dialects -> engine
//	       -> gateway router -> listeners
//
// One fx.Module a part. Methods, dialects and hook bindings are value groups;
// fx hands groups over in any order, so each member carries its place and is
// sorted after arrival. Parts start in the order in which they depend on each
// other and stop in reverse.
package app
