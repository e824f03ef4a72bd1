package route

import "slices"

// Access says whether a rule wants an identity.
type Access string

// The accesses. The zero value of a rule means Required.
const (
	Public   Access = "public"   // nobody is asked
	Optional Access = "optional" // anonymous passes, a credential that is shown must be good
	Required Access = "required" // no identity, no passage
)

// What a rule does with a credential that is shown and does not hold, in
// [Rule.OnBadToken].
const (
	Deny      = "deny"      // 401; the default
	Anonymous = "anonymous" // only where access is public or optional: pass without an identity
	Asked     = "asked"     // whoever has the table is asked about each request, see core.Application.Forgives
)

// What becomes of a request under way whose credential ends, in [Rule.OnRevoke].
const (
	End  = "end"  // it ends as well; the default
	Keep = "keep" // it goes on for as long as it likes
)

// How a rule takes a slash at the end of a path, in [Rule.TrailingSlash].
const (
	SlashDistinct = "distinct" // /a and /a/ are two paths; the default
	SlashSame     = "same"     // a rule for one of /a and /a/ is for both
)

// HeaderSpec says which header carries the credential under a rule. The zero
// value means the standard headers.
type HeaderSpec struct {
	Name           string // "": Authorization and X-API-Key
	Prefix         string // scheme before the token, such as "Bearer"; "": none in a custom header
	RefuseStandard bool   // with Name: a credential in a standard header is refused
}

// Rule says who may pass to a set of targets. It is plain data; [Compile]
// checks it and fills in the defaults in its own copy.
//
// Path is a pattern of segments, anchored at both ends and compared exactly,
// case included. "*" stands for exactly one segment that is not empty, "**" for
// zero or more of any kind and may occur once. So "/a/**" covers "/a", "/a/"
// and all below; "/a" covers neither "/a/", unless TrailingSlash says so, nor
// "/a/b".
type Rule struct {
	Name   string
	Host   string   // "": any host; compared in the form that [Host] returns
	Path   string   // pattern, see above
	Access Access   // "": Required
	Roles  []string // one of these is needed; only where access is Required
	Scopes []string // one of these is needed; only where access is Required

	// Methods are upper-case HTTP methods; none: any. GET covers HEAD unless
	// another rule for the same host and path names HEAD.
	Methods []string

	// Directory is the name of the only one whose users may pass where somebody is
	// recognised: those of others may share a number, a login or a role with them;
	// "": any.
	Directory string
	// AcceptsFrom names the sites whose tokens count here besides the one that the
	// request is to.
	AcceptsFrom []string

	Upstream          string // name of the upstream; "": the only one
	Header            HeaderSpec
	StreamBody        bool // the upstream is asked before the body is there
	ForwardCredential bool // the upstream sees the client's credential
	// PassAuthorization says that Authorization is the upstream's: it is passed on and
	// not looked at. The client's credential here stands in X-API-Key or Header.
	PassAuthorization bool
	OnBadToken        string // Deny, Anonymous or Asked; "": Deny
	OnRevoke          string // End or Keep; "": End
	TrailingSlash     string // SlashDistinct or SlashSame; "": SlashDistinct
}

// StricterThan reports whether r may refuse somebody whom o lets pass: r wants an
// identity and o none, or r wants a role, scope, directory, site or header that o does
// not.
// A nil rule lets nobody pass.
func (r *Rule) StricterThan(o *Rule) bool {
	switch {
	case r == nil || o == nil:
		return o != nil
	case r.Access == Public:
		return false
	case r.Directory != "" && r.Directory != o.Directory && o.Access != Public:
		return true
	case !r.isRequired():
		return false
	}
	return !o.isRequired() || r.Header.RefuseStandard && r.Header != o.Header || narrower(r.Roles, o.Roles) || narrower(r.Scopes, o.Scopes) ||
		slices.ContainsFunc(o.AcceptsFrom, func(site string) bool { return !slices.Contains(r.AcceptsFrom, site) })
}

func (r *Rule) isRequired() bool { return r.Access != Public && r.Access != Optional }

// narrower reports whether there is something that wants does not take and other
// does; no entries take all.
func narrower(wants, other []string) bool {
	if len(wants) == 0 {
		return false
	}
	return len(other) == 0 || slices.ContainsFunc(other, func(s string) bool { return !slices.Contains(wants, s) })
}
