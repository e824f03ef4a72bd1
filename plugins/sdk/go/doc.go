// Package hook is what the author of a Go plugin imports.
//
// A plugin is a main package: a function for each hook, one line that exports
// it, and an empty main. The SDK exports the rest of the ABI.
//
//	func main() {}
//
//	//go:wasmexport on_auth_expire
//	func onAuthExpire() int32 { return hook.Run(shorten) }
//
//	func shorten(e *hook.Event) hook.Status {
//		if err := e.SetInt("lifetime", 900); err != nil {
//			return e.Fail(err)
//		}
//		return hook.Continue
//	}
//
// Build it with the plain Go toolchain:
//
//	GOOS=wasip1 GOARCH=wasm go build -buildmode=c-shared -ldflags="-s -w" -o hook.wasm .
//
// and test it natively with go test: outside WASM, [Run] is not there and
// [Fake.Run] calls the same function with an event of the test's making.
//
//	cardea --on_auth_expire--> Run -> shorten(*Event) --get, set, deny--> cardea
//
// The package uses neither reflection nor encoding/json, which would cost a
// guest a megabyte and 80 microseconds a call. A guest runs one call at a time.
package hook
