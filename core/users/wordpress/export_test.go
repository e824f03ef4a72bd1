package wordpress

import "testing"

// OpenForBench opens a directory that watches the users with ids up to live, and returns a
// function that compares them once when nothing changed.
func OpenForBench(b *testing.B, cfg Config, live int64) (*Directory, func()) {
	b.Helper()
	d, err := Open(b.Context(), cfg)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { d.Close() })
	for first := int64(1); first <= live; first += page {
		var ids []int64
		for id := first; id < first+page; id++ {
			ids = append(ids, 100+id)
		}
		if err := d.comparePage(b.Context(), ids); err != nil {
			b.Fatal(err)
		}
	}
	compare := func() {
		if err := d.compare(b.Context(), d.cfg.Now()); err != nil {
			b.Fatal(err)
		}
	}
	compare()
	return d, compare
}

// Exec runs a statement on one of the directory's connections.
func (d *Directory) Exec(t *testing.T, sql string) error {
	t.Helper()
	_, err := d.db.ExecContext(t.Context(), sql)
	return err
}
