package dialect

// Owner is the optional ability of a [Dialect] that replaces a plugin: Owns returns the
// routes of the REST API, such as "/jwt-auth/v1", that belong to the plugin, including all
// below them. The gateway does not forward requests to them: if the plugin is still
// installed, it would issue tokens unknown to Cardea.
type Owner interface {
	Owns() []string
}

// Batcher is the optional ability of a [Dialect] whose plugin, or the product it extends,
// has batch routes, whose bodies hold requests to other routes. Batches returns these
// routes of the REST API, in lower case. The gateway inspects them on every WordPress,
// because the plugin may be installed without a mount.
type Batcher interface {
	Batches() []string
}
