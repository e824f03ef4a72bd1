package route

import (
	"cmp"
	"errors"
	"fmt"
	"net/textproto"
	"slices"
	"strings"

	"github.com/cardea-auth/cardea/core/api"
)

// pattern is a validated rule with its path split into segments.
type pattern struct {
	rule     *Rule
	segments []string
}

// parse validates r and returns a copy with the defaults filled in.
func parse(r Rule) (*pattern, error) {
	r.Methods, r.Roles, r.Scopes = slices.Clone(r.Methods), slices.Clone(r.Roles), slices.Clone(r.Scopes)
	r.Access = cmp.Or(r.Access, Required)
	r.OnBadToken = cmp.Or(r.OnBadToken, Deny)
	r.OnRevoke = cmp.Or(r.OnRevoke, End)
	r.TrailingSlash = cmp.Or(r.TrailingSlash, SlashDistinct)
	if r.Name == "" {
		return nil, errors.New("has no name: give it one")
	}
	segments, err := parsePath(r.Path)
	if err != nil {
		return nil, err
	}
	for _, check := range []func(*Rule) error{checkHost, checkMethods, checkAccess, checkSlash} {
		if err := check(&r); err != nil {
			return nil, err
		}
	}
	if r.Header, err = r.Header.Check(); err != nil {
		return nil, err
	}
	return &pattern{&r, segments}, nil
}

// spelled returns the patterns of the rule: its own, and if a trailing slash makes no
// difference, the one with the slash added or removed.
func (p *pattern) spelled() []*pattern {
	if p.rule.TrailingSlash != SlashSame {
		return []*pattern{p}
	}
	other, ok := otherSlash(p.segments)
	if !ok {
		return []*pattern{p}
	}
	return []*pattern{p, {p.rule, other}}
}

// otherSlash returns the segments with a trailing slash added or removed. It returns false
// for "/", and for a trailing "**", which matches both.
func otherSlash(segments []string) ([]string, bool) {
	switch last := len(segments) - 1; {
	case segments[last] == "**":
		return nil, false
	case segments[last] != "":
		return append(slices.Clone(segments), ""), true
	default:
		return segments[:last], last > 0
	}
}

// parsePath splits a pattern into segments. Its literals must be valid in a canonical path;
// otherwise the rule could never match.
func parsePath(path string) ([]string, error) {
	if strings.Contains(path, "%") {
		return nil, fmt.Errorf("path %q is percent-encoded: write the decoded characters", path)
	}
	if strings.Contains(path, "?") {
		return nil, fmt.Errorf("path %q has a query: remove it, rules match the path only", path)
	}
	if _, _, err := Canonical(EscapePath(path)); err != nil {
		return nil, fmt.Errorf("path %q can never match: %s", path, api.AsError(err).Public)
	}
	segments := strings.Split(path[1:], "/")
	deep := 0
	for _, s := range segments {
		if strings.Contains(s, "*") && s != "*" && s != "**" {
			return nil, fmt.Errorf("path %q: %q mixes a wildcard with text: a wildcard is a whole segment, write * or **", path, s)
		}
		if s == "**" {
			deep++
		}
	}
	if deep > 1 {
		return nil, fmt.Errorf("path %q has more than one **: split the rule", path)
	}
	return segments, nil
}

func checkHost(r *Rule) error {
	if strings.Contains(r.Host, "*") {
		return fmt.Errorf("host %q has a wildcard: name one host, or leave it empty for any", r.Host)
	}
	host, err := Host(r.Host)
	if err != nil {
		return fmt.Errorf("host %q: %w", r.Host, err)
	}
	r.Host = host
	return nil
}

func checkMethods(r *Rule) error {
	for i, m := range r.Methods {
		if m == "" || strings.Trim(m, "ABCDEFGHIJKLMNOPQRSTUVWXYZ-") != "" {
			return fmt.Errorf("method is %q, must be in upper case, such as GET", m)
		}
		if slices.Contains(r.Methods[:i], m) {
			return fmt.Errorf("method %s is listed twice: remove one", m)
		}
	}
	return nil
}

func checkSlash(r *Rule) error {
	if r.TrailingSlash != SlashDistinct && r.TrailingSlash != SlashSame {
		return fmt.Errorf("trailing_slash is %q, must be distinct or same", r.TrailingSlash)
	}
	return nil
}

func checkAccess(r *Rule) error {
	switch {
	case r.Access != Public && r.Access != Optional && r.Access != Required:
		return fmt.Errorf("access is %q, must be public, optional or required", r.Access)
	case r.Access != Required && len(r.Roles)+len(r.Scopes) > 0:
		return fmt.Errorf("access is %s, must be required: roles and scopes cannot be checked for anonymous requests", r.Access)
	case r.OnBadToken != Deny && r.OnBadToken != Anonymous && r.OnBadToken != Asked:
		return fmt.Errorf("on_bad_token is %q, must be deny or anonymous", r.OnBadToken)
	case r.Access == Required && r.OnBadToken == Anonymous:
		return errors.New("on_bad_token is anonymous, must be deny if access is required")
	case r.OnRevoke != End && r.OnRevoke != Keep:
		return fmt.Errorf("on_revoke is %q, must be end or keep", r.OnRevoke)
	}
	return nil
}

// Check returns the spec with canonical names. It refuses headers that proxies remove, that
// frame the message, or that only Cardea may set.
func (h HeaderSpec) Check() (HeaderSpec, error) {
	if h.Name == "" {
		if h.RefuseStandard {
			return h, errors.New("the standard headers are refused: name another header")
		}
	} else if !isToken(h.Name) || unfit(h.Name) || IsProtected(h.Name) {
		return h, fmt.Errorf("header %q cannot carry a credential: choose another name, such as X-Token", h.Name)
	}
	if h.Prefix != "" && !isToken(h.Prefix) {
		return h, fmt.Errorf("prefix is %q, must be one word, such as Bearer", h.Prefix)
	}
	h.Name = textproto.CanonicalMIMEHeaderKey(h.Name)
	return h, nil
}

func unfit(name string) bool {
	return slices.ContainsFunc([]string{
		"connection", "content-length", "cookie", "host", "keep-alive", "proxy-authenticate", "proxy-authorization",
		"proxy-connection", "te", "trailer", "transfer-encoding", "upgrade", "forwarded",
	}, func(other string) bool { return IsAlias(name, other) }) || HasAliasPrefix(name, "x-forwarded-")
}

func isToken(s string) bool {
	for i := 0; i < len(s); i++ {
		if !isAlphanumeric(s[i]) && strings.IndexByte("!#$%&'*+-.^_`|~", s[i]) < 0 {
			return false
		}
	}
	return s != ""
}

// compare orders patterns by host and path, most specific first. It defines specificity;
// the search in the trie must agree with it. Rules with the same host and path differ in
// their methods, which [node.end] handles.
func compare(a, b *pattern) int {
	if c := cmp.Compare(weight(a.rule.Host), weight(b.rule.Host)); c != 0 {
		return c
	}
	for i := range min(len(a.segments), len(b.segments)) {
		if c := cmp.Compare(rank(a.segments[i]), rank(b.segments[i])); c != 0 {
			return c
		}
	}
	return -compareEnds(a.segments, b.segments)
}

// compareEnds compares patterns if one is a prefix of the other: the longer one is more
// specific, unless it continues with "**".
func compareEnds(a, b []string) int {
	if len(a) < len(b) {
		return -compareEnds(b, a)
	}
	if len(a) == len(b) {
		return 0
	}
	if a[len(b)] == "**" {
		return -1
	}
	return 1
}

func weight(host string) int {
	if host == "" {
		return 1
	}
	return 0
}

func rank(segment string) int {
	switch segment {
	case "*":
		return 1
	case "**":
		return 2
	}
	return 0
}
