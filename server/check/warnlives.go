package check

import (
	"fmt"
	"slices"
	"time"

	"github.com/cardea-auth/cardea/server/config"
	"github.com/cardea-auth/cardea/server/internal/setting"
	"github.com/cardea-auth/cardea/server/state"
)

// lifetimeWarnings finds lifetimes of mounts that exceed the limits for all tokens.
func lifetimeWarnings(cfg *config.Config) (list config.Problems) {
	warn := func(i int, name, format string, args ...any) {
		list = append(list, config.Problem{Key: fmt.Sprintf("mounts[%d].%s", i, name), Text: fmt.Sprintf(format, args...)})
	}
	shortest, longest, session := cfg.Tokens.MinTTL, cfg.Tokens.MaxTTL, cfg.Tokens.SessionTTL
	for i, m := range cfg.Mounts {
		access, refresh := m.Lifetimes()
		for name, life := range map[string]config.Duration{"access_life": access, "refresh_life": refresh} {
			if life != 0 && life < shortest {
				warn(i, name, "%s is shorter than tokens.min_ttl, so such tokens live %s: raise it, or lower min_ttl", life, shortest)
			}
		}
		if access > longest {
			warn(i, "access_life", "%s is longer than tokens.max_ttl, so such tokens live %s: lower it, or raise max_ttl", access, longest)
		}
		if refresh > session {
			warn(i, "refresh_life", "%s is longer than tokens.session_ttl, so such sessions end after %s: lower it, or raise session_ttl", refresh, session)
		}
	}
	return list
}

// endedSecrets finds replaced secrets of mounts that no longer verify.
func endedSecrets(cfg *config.Config, now time.Time) (list config.Problems) {
	for i, m := range cfg.Mounts {
		if until := m.Common().SecretPreviousUntil; !until.IsZero() && !until.After(now) {
			list = append(list, config.Problem{
				Key: fmt.Sprintf("mounts[%d].secret_previous_until", i), Text: fmt.Sprintf("%s is past, so secret_previous has no effect: remove both", until),
			})
		}
	}
	return list
}

// keyCertificates finds certificates beside signing keys that are not valid, or not for
// long.
func keyCertificates(cfg *config.Config, now time.Time) (list config.Problems) {
	if key, err := state.GivenKey(cfg.Keys); err == nil && key != nil {
		name := "keys.secret"
		if cfg.Keys.File != "" {
			name = "keys.file"
		}
		list = append(list, setting.Problems(name, state.JudgeKeyCertificate(*key, now))...)
	}
	for i, m := range cfg.Mounts {
		if own, err := m.Common().Keys(m.Name); err == nil && len(own) > 0 {
			list = append(list, setting.Problems(fmt.Sprintf("mounts[%d].secret", i), state.JudgeKeyCertificate(own[0], now))...)
		}
	}
	return list
}

// pluginWarnings finds plugins that are not bound.
func pluginWarnings(cfg *config.Config) (list config.Problems) {
	for i, p := range cfg.Plugins {
		if !slices.ContainsFunc(cfg.Hooks, func(h config.Hook) bool { return h.Plugin == p.Name }) {
			list = append(list, config.Problem{
				Key: fmt.Sprintf("plugins[%d]", i), Text: fmt.Sprintf("%s is not bound to any point: bind it under hooks, or remove it", p.Name),
			})
		}
	}
	return list
}
