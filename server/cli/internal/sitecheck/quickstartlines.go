package sitecheck

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/server/config"
	"github.com/cardea-auth/cardea/server/dialect"
)

// methodLines returns the methods for a WordPress site, whose users have two kinds of
// passwords.
func methodLines(p dialect.Protection) []string {
	lines := []string{"- {type: apikey}", "- {type: jwt}"}
	switch p.Passwords {
	case dialect.AnyPassword:
		return append([]string{"- {type: basic}  # with account passwords, as the plugin accepts them"}, lines...)
	case dialect.ApplicationPassword:
		return append([]string{"- {type: basic, application_only: true}  # WordPress accepts no account passwords for Basic"}, lines...)
	}
	return lines
}

// mount returns the settings of the mount: those of the plugin and, with its secret, those
// that accept the tokens that it has issued.
func (f *quickstartFlags) mount(p dialect.Protection) string {
	var settings strings.Builder
	add := func(on bool, text string) {
		if on {
			settings.WriteString(", " + text)
		}
	}
	add(len(f.facts.also()) > 0 && f.namesIssuer(), "accept_issuers: "+quotedList(f.facts.also()))
	add(f.secretFile != "", "secret_file: "+strconv.Quote(f.secretFile))
	add(f.secretFile != "" && p.Foreign, "foreign_tokens: true")
	add(p.Mode != "", "mode: "+p.Mode)
	add(p.BindPeer, "bind_peer: true")
	add(p.AccessLife > 0, "access_life: "+lifeText(p.AccessLife))
	add(p.RefreshLife > 0, "refresh_life: "+lifeText(p.RefreshLife))
	return settings.String() + loginNames(p)
}

func loginNames(p dialect.Protection) string {
	if p.LoginOnly {
		return ", login_names_only: true"
	}
	return ""
}

// tokens returns the lifetimes that are not settings of the mount. All sessions, including
// Cardea's own, end no later than the plugin's.
func (f *quickstartFlags) tokens(p dialect.Protection) []string {
	var lines []string
	usual, session := config.Default(config.Types{}).Tokens, p.Session()
	if f.secretFile != "" && p.IssuedLife > 0 {
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

// ruleLines returns the rules in the form of the configuration, each after its notes.
func ruleLines(list []dialect.ProtectionRule) []string {
	var lines []string
	for _, r := range list {
		for _, note := range r.Note {
			lines = append(lines, "# "+note)
		}
		lines = append(lines, ruleLine(r.Rule))
	}
	return lines
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
