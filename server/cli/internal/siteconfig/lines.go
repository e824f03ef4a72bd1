package siteconfig

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/server/config"
	"github.com/cardea-auth/cardea/server/dialect"
)

// Methods returns the methods for a WordPress site, whose users have two kinds of
// passwords.
func Methods(p dialect.Protection) []string {
	lines := []string{"- {type: apikey}", "- {type: jwt}"}
	switch p.Passwords {
	case dialect.AnyPassword:
		return append([]string{"- {type: basic}  # with account passwords, as the plugin accepts them"}, lines...)
	case dialect.ApplicationPassword:
		return append([]string{"- {type: basic, application_only: true}  # WordPress accepts no account passwords for Basic"}, lines...)
	}
	return lines
}

// Mount returns the settings of the mount: those of the plugin and, with the name of a file
// with its secret, those that accept the tokens that it has issued. also are further
// issuers of its tokens.
func Mount(p dialect.Protection, also []string, secretFile string) string {
	var settings strings.Builder
	add := func(on bool, text string) {
		if on {
			settings.WriteString(", " + text)
		}
	}
	add(len(also) > 0, "accept_issuers: "+List(also))
	add(secretFile != "", "secret_file: "+strconv.Quote(secretFile))
	add(secretFile != "" && p.Foreign, "foreign_tokens: true")
	add(p.Mode != "", "mode: "+p.Mode)
	add(p.BindPeer, "bind_peer: true")
	add(p.AccessLife > 0, "access_life: "+lifeText(p.AccessLife))
	add(p.RefreshLife > 0, "refresh_life: "+lifeText(p.RefreshLife))
	return settings.String() + LoginNames(p)
}

// LoginNames returns the setting of a mount for the names that logins accept.
func LoginNames(p dialect.Protection) string {
	if p.LoginOnly {
		return ", login_names_only: true"
	}
	return ""
}

// Tokens returns the lifetimes that are not settings of the mount. issued means that tokens
// of the plugin are accepted. All sessions, including Cardea's own, end no later than the
// plugin's.
func Tokens(p dialect.Protection, issued bool) []string {
	var lines []string
	usual, session := config.Default(config.Types{}).Tokens, p.Session()
	if issued && p.IssuedLife > 0 {
		lines = append(lines, "max_ttl: "+lifeText(p.IssuedLife)+"  # lifetime of the tokens of the plugin; the lifetime of new ones is set at the mount")
	}
	if session > 0 && session < usual.RefreshTTL.Std() {
		lines = append(lines, "refresh_ttl: "+lifeText(session))
	}
	if session > 0 && session < usual.SessionTTL.Std() {
		lines = append(lines, "session_ttl: "+lifeText(session)+"  # how long users of the plugin stay logged in")
	}
	return lines
}

// lifeText formats a duration for the configuration, such as 60m or 14d.
func lifeText(d time.Duration) string {
	const day = 24 * time.Hour
	switch {
	case d%day == 0:
		return fmt.Sprintf("%dd", d/day)
	case d%time.Minute == 0:
		return fmt.Sprintf("%dm", d/time.Minute)
	}
	return d.String()
}

// Rules returns the rules in the form of the configuration, each after its notes.
func Rules(list []dialect.ProtectionRule) []string {
	var lines []string
	for _, r := range list {
		for _, note := range r.Note {
			lines = append(lines, "# "+note)
		}
		lines = append(lines, ruleLine(r.Rule))
	}
	return lines
}

// SiteRules returns the rules of one site of a network, which have its name in front of
// theirs, lead to its upstream, and decide below the path of the site only.
func SiteRules(list []dialect.ProtectionRule, name, upstream, below string) []string {
	list = slices.Clone(list)
	for i := range list {
		r := &list[i]
		r.Name, r.Upstream = name+r.Name, upstream
		if r.Path == "/**" {
			r.Path = below + "/**"
		}
	}
	return Rules(list)
}

func ruleLine(r route.Rule) string {
	text := fmt.Sprintf("- {name: %s, path: %s, access: %s", r.Name, plainPath(r.Path), orRequired(r.Access))
	if len(r.Methods) > 0 {
		text += ", methods: [" + strings.Join(r.Methods, ", ") + "]"
	}
	if len(r.Roles) > 0 {
		text += ", roles: [" + strings.Join(r.Roles, ", ") + "]"
	}
	if len(r.Scopes) > 0 {
		text += ", scopes: [" + strings.Join(r.Scopes, ", ") + "]"
	}
	if r.ForwardCredential {
		text += ", forward_credential: true"
	}
	if r.Upstream != "" {
		text += ", upstream: " + r.Upstream
	}
	return text + "}"
}

func orRequired(a route.Access) route.Access {
	if a == "" {
		return route.Required
	}
	return a
}

// plainPath returns a path, quoted if YAML could parse it as something else.
func plainPath(p string) string {
	if strings.Trim(p, "/*-_abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") == "" {
		return p
	}
	return strconv.Quote(p)
}

// List returns a list of texts in the form of the configuration.
func List(list []string) string {
	quoted := make([]string, len(list))
	for i, text := range list {
		quoted[i] = strconv.Quote(text)
	}
	return "[" + strings.Join(quoted, ", ") + "]"
}
