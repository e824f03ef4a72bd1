package route

import "slices"

// Access says whether a rule requires an identity.
type Access string

// The values of Access. The zero value of a rule means Required.
const (
	Public   Access = "public"   // no authentication
	Optional Access = "optional" // anonymous is allowed; a credential must be valid
	Required Access = "required" // an identity is required
)

// What a rule does with an invalid credential, in [Rule.OnBadToken].
const (
	Deny      = "deny"      // 401; the default
	Anonymous = "anonymous" // only if access is public or optional: continue without an identity
	Asked     = "asked"     // a function decides for each request, see core.Application.IgnoreBadCredential
)

// What happens to a request in flight when its credential becomes invalid, in
// [Rule.OnRevoke].
const (
	End  = "end"  // it is ended; the default
	Keep = "keep" // it continues
)

// How a rule treats a trailing slash, in [Rule.TrailingSlash].
const (
	SlashDistinct = "distinct" // /a and /a/ are different paths; the default
	SlashSame     = "same"     // a rule for one of /a and /a/ is for both
)

// HeaderSpec says which header carries the credential under a rule. The zero value means
// the standard headers.
type HeaderSpec struct {
	Name           string // "": Authorization and X-API-Key
	Prefix         string // scheme before the token, such as "Bearer"; "": none in a custom header
	RefuseStandard bool   // with Name: a credential in a standard header is refused
}

// Rule says who may access a set of targets. It is plain data; [Compile] validates it and
// fills in the defaults in its own copy.
//
// Path is a pattern of segments, anchored at both ends and compared exactly, including
// case. "*" matches exactly one non-empty segment, "**" any number of segments, and may
// occur once. So "/a/**" covers "/a", "/a/" and everything below; "/a" does not cover
// "/a/b", nor "/a/" unless TrailingSlash says so.
type Rule struct {
	Name   string
	Host   string   // "": any host; compared in the form that [Host] returns
	Path   string   // pattern, see above
	Access Access   // "": Required
	Roles  []string // one of these is required; only if access is Required
	Scopes []string // one of these is required; only if access is Required

	// Methods are upper-case HTTP methods; none: any. GET covers HEAD unless
	// another rule for the same host and path names HEAD.
	Methods []string

	// Directory is the name of the directory that an authenticated user must be in; users
	// of others may have the same number, login or role. "": any.
	Directory string
	// AcceptsFrom are the sites whose tokens are accepted here, in addition to the site of
	// the request.
	AcceptsFrom []string

	Upstream          string // name of the upstream; "": the only one
	Header            HeaderSpec
	StreamBody        bool // send to the upstream before the whole body has arrived
	ForwardCredential bool // the upstream gets the client's credential
	// PassAuthorization means that Authorization belongs to the upstream: it is forwarded
	// and ignored here. The client's own credential is in X-API-Key or Header.
	PassAuthorization bool
	OnBadToken        string // Deny, Anonymous or Asked; "": Deny
	OnRevoke          string // End or Keep; "": End
	TrailingSlash     string // SlashDistinct or SlashSame; "": SlashDistinct
}

// StricterThan reports whether r may refuse a request that o allows: r requires an identity
// and o does not, or r requires a role, scope, directory, site or header that o does not. A
// nil rule refuses everything.
func (r *Rule) StricterThan(o *Rule) bool {
	switch {
	case r == nil || o == nil:
		return o != nil
	case r.Access == Public:
		return false
	case r.Directory != "" && r.Directory != o.Directory && o.Access != Public:
		return true
	case o.Access != Public && (r.Header.RefuseStandard && r.Header != o.Header || r.acceptsLess(o)):
		return true
	case !r.isRequired():
		return false
	}
	return !o.isRequired() || narrower(r.Roles, o.Roles) || narrower(r.Scopes, o.Scopes)
}

func (r *Rule) acceptsLess(o *Rule) bool {
	return slices.ContainsFunc(o.AcceptsFrom, func(site string) bool { return !slices.Contains(r.AcceptsFrom, site) })
}

// Forbids reports whether a request that o allows must not be taken for one that r decides:
// r is stricter, or leads to another upstream, so that no rule lets it reach that path or
// method at o's. A nil rule forbids everything.
func (r *Rule) Forbids(o *Rule) bool {
	return r.StricterThan(o) || r != nil && o != nil && r.Upstream != o.Upstream
}

func (r *Rule) isRequired() bool { return r.Access != Public && r.Access != Optional }

// narrower reports whether other allows something that wants does not; an empty list allows
// everything.
func narrower(wants, other []string) bool {
	if len(wants) == 0 {
		return false
	}
	return len(other) == 0 || slices.ContainsFunc(other, func(s string) bool { return !slices.Contains(wants, s) })
}
