// Package core is the engine, the only place that decides which requests are allowed.
//
// Most users need [Engine.Decide], [Tokens.Login] and [Tokens.Issue]:
//
//	engine, err := core.New(ctx, core.Config{Policy: policy}) // close it when done
//	decision := engine.Decide(ctx, attempt)                   // is this request allowed?
//	identity, err := engine.Tokens().Login(ctx, request)      // whose password is it?
//	issued, err := engine.Tokens().Issue(ctx, core.IssueRequest{Identity: identity})
//
// An engine has three parts: [Engine] decides, [Tokens] logs in, issues, refreshes and
// revokes, and [Admin] administers users, API keys, sessions and signing keys.
//
// Every front end (the reverse proxy, the decision endpoints for other proxies, a dialect's
// endpoints, the guard for library users) translates its request into an api.Attempt or a
// [LoginRequest], calls an [Engine], and renders the result.
//
//	front end -> Decide -> canonical path -> rule -> credential -> methods
//	                       -> revocation index -> hooks -> Decision -> front end
//	front end -> Login  -> login-before -> directory and password -> login-after
//	          -> Issue  -> lifetime filters -> claims -> stamp -> sign -> front end
//
// State (store, keys, revocation index, caches) lives as long as the Engine. Everything
// that configuration can change is one immutable [Policy] behind an atomic pointer:
// [Engine.Reload] builds, validates and swaps it. Several engines in one process share
// nothing.
//
// The package imports no HTTP framework, no container, no WASM runtime and no SQL driver.
// It serves no network endpoint and reads no file of its own.
package core
