package plugins

import (
	"time"

	"github.com/cardea-auth/cardea/hooks"
	"github.com/cardea-auth/cardea/plugins/abi"
)

// Shadow is what a shadow would have done that nobody before it did: where a new
// version of a plugin is bound as the shadow of the old one, after it, how they
// differ.
type Shadow struct {
	Plugin, Point string
	Refuses       bool         // it would have refused
	Differences   []Difference // what it would have changed; none if it agrees
}

// Difference is a field that a shadow would have left otherwise. A field that is
// not there has the zero value.
type Difference struct {
	Key     string
	Is      hooks.Value
	Would   hooks.Value
	Deletes bool
}

// compare tells Config.OnShadow and makes sure that nothing is kept.
func (v *version) compare(b *binding, g *guest, status abi.Status) error {
	s := Shadow{Plugin: v.name, Point: b.point.Name(), Refuses: status == abi.Refuse}
	if status == abi.Continue || status == abi.Stop {
		s.Differences = differences(g)
	}
	if s.Refuses || len(s.Differences) > 0 {
		if skipped, ok := b.lines.Admit("shadow", time.Now()); ok {
			v.log.InfoContext(g.ctx, "shadow differs",
				"point", s.Point, "refuses", s.Refuses, "differences", len(s.Differences), "not_logged", skipped)
		}
	}
	v.host.cfg.OnShadow(g.ctx, s)
	return b.skip()
}

func differences(g *guest) []Difference {
	var list []Difference
	for n, c := range g.journal.changes {
		if later(g.journal.changes[n+1:], c.Key) {
			continue
		}
		is, there := g.view.Get(c.Key)
		if c.Deleted && !there || !c.Deleted && there && is.Text() == c.Value.Text() {
			continue
		}
		list = append(list, Difference{c.Key, is, c.Value, c.Deleted})
	}
	return list
}

func later(changes []Change, key string) bool {
	for _, c := range changes {
		if c.Key == key {
			return true
		}
	}
	return false
}
