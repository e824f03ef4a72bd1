package config

import (
	"math"
	"regexp"
	"strings"
	"time"

	"github.com/cardea-auth/cardea/server/config/internal/form"
	"github.com/cardea-auth/cardea/server/config/internal/tree"
)

var digestForm = regexp.MustCompile(`^[0-9a-f]{64}$`)

// pluginChecker checks plugins, what they have in common, and where they are bound.
type pluginChecker struct{ *checker }

func (k pluginChecker) plugins(list []Plugin) {
	seen := map[string]string{}
	for i, p := range list {
		key := tree.Item("plugins", i)
		k.name(key+".name", p.Name, seen)
		if p.File == "" {
			k.add(key+".file", "is missing: name the .wasm file")
		}
		if p.SHA256 != "" && !digestForm.MatchString(p.SHA256) {
			k.add(key+".sha256", "must be 64 lower-case hexadecimal digits: 'sha256sum FILE' prints them")
		}
		if complaint := form.BadName(p.ManifestName); p.ManifestName != "" && complaint != "" {
			k.add(key+".manifest_name", "%s", complaint)
		}
		k.pluginGrants(key+".grants", p)
		k.pluginLimits(key+".limits", p.Limits)
	}
}

func (k pluginChecker) pluginGrants(key string, p Plugin) {
	for n, pattern := range p.Grants.Write {
		if name, ok := strings.CutPrefix(pattern, "header."); ok && strings.HasSuffix(name, "*") {
			k.add(tree.Item(key+".write", n), "%.60q does not say which: list the headers one by one, such as header.x-tenant", pattern)
		}
	}
	for _, name := range p.Grants.Secrets {
		if _, ok := p.Secrets[name]; !ok {
			k.add(key+".secrets", "%s", tree.UnknownName(name, "secret", namesOf(p.Secrets)))
		}
	}
}

func (k pluginChecker) sandbox(s Sandbox, plugins []Plugin) {
	k.between("sandbox.calls", s.Calls, 0, 1<<16)
	if s.Watch != 0 && s.Watch.Std() < minWatch {
		k.add("sandbox.watch", "%s is too often: 100ms is soon enough, 0 is never", s.Watch)
	}
	seen := map[string]string{}
	for i, signer := range s.Signers {
		key := tree.Item("sandbox.signers", i)
		k.name(key+".name", signer.Name, seen)
		k.text(key+".file", signer.File)
	}
	for i, p := range plugins {
		if p.Signed && len(s.Signers) == 0 {
			k.add(tree.Item("plugins", i)+".signed", "asks for a signature, and sandbox.signers names nobody: add the public key's file there")
		}
	}
	k.positive("sandbox.compile.cpu", s.Compile.CPU)
	k.positive("sandbox.compile.time", s.Compile.Time)
	k.between("sandbox.compile.memory_bytes", s.Compile.MemoryBytes, 64<<20, 1<<31-1)
	k.between("sandbox.breaker.failures", s.Breaker.Failures, 1, 1<<20)
	k.positive("sandbox.breaker.window", s.Breaker.Window)
	k.positive("sandbox.breaker.pause", s.Breaker.Pause)
	if s.Breaker.MaxPause < s.Breaker.Pause {
		k.add("sandbox.breaker.max_pause", "%s is less than pause, %s", s.Breaker.MaxPause, s.Breaker.Pause)
	}
}

// minWatch is the shortest interval for checking plugin files; shorter ones would waste
// CPU time.
const minWatch = 100 * time.Millisecond

func (k pluginChecker) pluginLimits(key string, l PluginLimits) {
	k.between(key+".module_bytes", l.ModuleBytes, 8, 1<<28)
	k.between(key+".memory_bytes", l.MemoryBytes, 1<<16, 1<<30)
	k.between(key+".instances", l.Instances, 0, 1024)
	k.positive(key+".wait", l.Wait)
	k.between(key+".share", l.Share, 1, 100)
	k.between(key+".fuel", l.Fuel, 1000, math.MaxInt32)
	k.between(key+".start_fuel", l.StartFuel, 1000, math.MaxInt32)
	k.between(key+".functions", l.Functions, 1, 1<<20)
	k.between(key+".table_entries", l.TableEntries, 1, 1<<24)
	k.between(key+".host_calls", l.HostCalls, 1, 1<<20)
	k.between(key+".journal_entries", l.JournalEntries, 1, 1<<16)
	k.between(key+".journal_bytes", l.JournalBytes, 1, 1<<24)
	k.between(key+".log_bytes", l.LogBytes, 1, 1<<20)
	k.between(key+".log_lines", l.LogLines, 1, 1<<20)
	k.positive(key+".deadline", l.Deadline)
	k.positive(key+".time", l.Time)
	k.between(key+".fetches", l.Fetches, 1, 100)
	k.between(key+".fetch_bytes", l.FetchBytes, 1, 1<<24)
	k.between(key+".kv_entries", l.KVEntries, 1, 1<<20)
	k.between(key+".kv_bytes", l.KVBytes, 1, 1<<28)
}

func (k pluginChecker) hooks(list []Hook, plugins []Plugin) {
	known := map[string]Plugin{}
	for _, p := range plugins {
		known[p.Name] = p
	}
	seen := map[[2]string]string{}
	for i, h := range list {
		key := tree.Item("hooks", i)
		if complaint := form.BadName(h.Point); complaint != "" {
			k.add(key+".point", "%s; 'cardea hooks list' prints the points", complaint)
		}
		if h.Expr != "" {
			if h.Plugin != "" {
				k.add(key, "has both a plugin and an expression: bind each in an entry of its own")
			}
			if h.Shadow || h.OnError == "last_good" {
				k.add(key, "shadow and on_error: last_good are for plugins: an expression has no earlier version")
			}
			for n, right := range h.Allow {
				if right != rolesWiden {
					k.add(tree.Item(key+".allow", n), "%.60q is not a right of expressions: there is %s", right, rolesWiden)
				}
			}
			continue
		}
		if len(h.Allow) > 0 {
			k.add(key+".allow", "is for expressions: a plugin's rights are in grants.allow under plugins")
		}
		if _, ok := known[h.Plugin]; !ok {
			k.unknown(key+".plugin", h.Plugin, "plugin", namesOf(known), "plugins[].name")
		}
		bound := [2]string{h.Point, h.Plugin}
		if h.Shadow {
			bound[1] += " as a shadow"
		}
		if first, twice := seen[bound]; twice {
			k.add(key, "binds %.60q to %.60q as %s does: remove one", h.Plugin, h.Point, first)
		}
		seen[bound] = key
	}
}

// rolesWiden is the only right that an expression can have.
const rolesWiden = "roles.widen"
