package hook

// setup is what OnConfigure was given. A guest has one, set before anything
// runs, as the ABI knows one configure a module.
var setup func(Config) error

// OnConfigure has fn called once with the configuration, before any hook runs;
// its error keeps the plugin from loading. Call it while the package's variables
// are made:
//
//	var _ = hook.OnConfigure(readSettings)
func OnConfigure(fn func(Config) error) bool {
	setup = fn
	return true
}
