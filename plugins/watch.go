package plugins

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"
)

// watchPatience bounds one reload by Watch: waiting for other compilations, compiling,
// and running the plugin's own vectors.
const watchPatience = 2 * time.Minute

// Watch polls the files of all plugins at the given interval and reloads plugins whose
// files have changed, until ctx ends. A failed reload is logged once, and the running
// version stays. Reloads run concurrently. It needs no file system notifications.
func (h *Host) Watch(ctx context.Context, every time.Duration) {
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	w := watcher{host: h, seen: map[*Plugin]stamp{}}
	defer w.reloads.Wait()
	for {
		w.look(ctx)
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return
		}
	}
}

// watcher is one run of Watch.
type watcher struct {
	host    *Host
	seen    map[*Plugin]stamp // the files at the last poll
	busy    sync.Map          // plugins that are being reloaded
	reloads sync.WaitGroup
}

// look reloads the plugins that have changed since the last poll. A plugin that is being
// reloaded is checked again at the next poll after that.
func (w *watcher) look(ctx context.Context) {
	loaded := w.host.loaded()
	maps.DeleteFunc(w.seen, func(p *Plugin, _ stamp) bool { return !slices.Contains(loaded, p) })
	for _, p := range loaded {
		if _, busy := w.busy.Load(p); !busy && w.changed(p) {
			w.busy.Store(p, true)
			w.reloads.Go(func() { w.reload(ctx, p) })
		}
	}
}

// changed reports whether a plugin's files have changed, and remembers their new state.
func (w *watcher) changed(p *Plugin) bool {
	src := p.live.Load().source
	was, known := w.seen[p]
	if !known {
		was = src.stamp
	}
	w.seen[p] = stampOf(src.given)
	return src.given.File != "" && w.seen[p] != was
}

func (w *watcher) reload(ctx context.Context, p *Plugin) {
	defer w.busy.Delete(p)
	ctx, cancel := context.WithTimeout(ctx, watchPatience)
	defer cancel()
	if err := p.Reload(ctx); err != nil {
		w.host.cfg.Logger.Error("plugin reload failed, the running version stays", "plugin", p.name, "error", err)
	}
}
