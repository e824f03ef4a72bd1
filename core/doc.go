// Package core is the engine: the one place that decides who may pass.
//
// Most users need [Engine.Decide], [Tokens.Login] and [Tokens.Issue]:
//
//	engine, err := core.New(ctx, core.Config{Policy: policy}) // close it when done
//	decision := engine.Decide(ctx, attempt)                   // may this request pass?
//	identity, err := engine.Tokens().Login(ctx, request)      // whose password is it?
//	issued, err := engine.Tokens().Issue(ctx, core.IssueRequest{Identity: identity})
//
// One engine has three faces: [Engine] decides, [Tokens] logs in, issues, refreshes and
// revokes, [Admin] administers users, API keys, sessions and signing keys.
//
// Every door (the reverse proxy, the decision endpoints for other proxies, a
// dialect's endpoints, the guard for library users) translates its request into
// an api.Attempt or a [LoginRequest], asks an [Engine], and renders the answer.
//
//	door -> Decide -> canonical path -> rule -> credential -> methods
//	                  -> revocation index -> hooks -> Decision -> door
//	door -> Login  -> login-before -> directory and password -> login-after
//	     -> Issue  -> lifetime filters -> claims -> stamp -> sign -> door
//
// State (store, keys, revocation index, caches) lives as long as the Engine.
// Everything that configuration can change is one immutable [Policy] behind an
// atomic pointer: [Engine.Reload] builds, validates and swaps it. Several
// engines in one process share nothing.
//
// The package imports no HTTP framework, no container, no WASM runtime and no
// SQL driver. It serves no network endpoint and reads no file of its own.
package core
