package dialect

// Owner is the optional ability of a [Dialect] that stands in for a plugin: the
// routes of the REST API, such as "/jwt-auth/v1", that are its own with all below
// them. The gate passes nothing on to them: the plugin, where it is still
// installed, would give out tokens of which Cardea knows nothing.
type Owner interface {
	Owns() []string
}

// Batcher is the optional ability of a [Dialect] whose plugin, or what it belongs to,
// takes requests for other routes out of the bodies of some: those routes of the REST
// API, in lower case. The gate looks into them wherever there is a WordPress, since the
// plugin may be installed without a mount.
type Batcher interface {
	Batches() []string
}
