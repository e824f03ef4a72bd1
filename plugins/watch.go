package plugins

import (
	"context"
	"maps"
	"os"
	"slices"
	"time"
)

// Watch looks at the files of all plugins at that interval and reloads those that
// changed, until ctx ends. What cannot be reloaded is logged once and goes on as
// it was. It needs no support of the file system.
func (h *Host) Watch(ctx context.Context, every time.Duration) {
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	seen := map[*Plugin]stamp{}
	for {
		h.look(ctx, seen)
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return
		}
	}
}

// look reloads what has changed since it was last looked at.
func (h *Host) look(ctx context.Context, seen map[*Plugin]stamp) {
	loaded := h.loaded()
	maps.DeleteFunc(seen, func(p *Plugin, _ stamp) bool { return !slices.Contains(loaded, p) })
	for _, p := range loaded {
		src := p.live.Load().source
		was, known := seen[p]
		if !known {
			was = src.stamp
		}
		now := stampOf(src.given)
		seen[p] = now
		if src.given.File == "" || now == was {
			continue
		}
		if err := p.Reload(ctx); err != nil {
			h.cfg.Logger.Error("plugin files changed, and the running version stays", "plugin", p.name, "err", err)
		}
	}
}

func (h *Host) loaded() []*Plugin {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Collect(maps.Values(h.plugins))
}

// stamp tells one state of a plugin's files from another.
type stamp [4]struct {
	size     int64
	modified time.Time
}

// stampOf looks at the module and what may lie beside it.
func stampOf(s Spec) stamp {
	var out stamp
	for n, file := range []string{s.File, s.beside(".json"), s.beside(".jws"), s.beside(".vectors.json")} {
		if info, err := os.Stat(file); s.File != "" && err == nil {
			out[n].size, out[n].modified = info.Size(), info.ModTime()
		}
	}
	return out
}
