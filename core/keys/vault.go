package keys

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"sync"
)

// Vault is where the text of a key set is kept between changes: a file, memory, a table
// that several nodes share. It is safe for concurrent use, also by other processes with
// the same place.
type Vault interface {
	// Update hands over the text that is stored, nil for none, and stores what change
	// makes of it, as one step that nobody else comes between. Whatever fails leaves
	// what was there; an error of change is returned as it is. A text that was there
	// before and is missing is an error: keys never vanish by accident.
	Update(ctx context.Context, change func(stored []byte) ([]byte, error)) error
	// Place is what messages call it, such as "key file /etc/cardea/keys.json".
	Place() string
}

// NewMemoryVault returns a vault that lasts as long as the process.
func NewMemoryVault() Vault { return &memory{} }

type memory struct {
	mu   sync.Mutex // guards text
	text []byte
}

// Place implements [Vault].
func (m *memory) Place() string { return "key set in memory" }

// Update implements [Vault].
func (m *memory) Update(ctx context.Context, change func([]byte) ([]byte, error)) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return err
	}
	next, err := change(bytes.Clone(m.text))
	if err == nil {
		m.text = bytes.Clone(next)
	}
	return err
}

// kept is a set in a vault, which is read again only where its text changed.
type kept struct {
	vault Vault
	text  []byte // as last read or written
	list  []entry
}

func (k *kept) update(ctx context.Context, change func([]entry) ([]entry, error)) ([]entry, error) {
	var text []byte
	var list []entry
	err := k.vault.Update(ctx, func(stored []byte) (_ []byte, err error) {
		if err := k.read(stored); err != nil {
			return nil, fmt.Errorf("%s: %w", k.vault.Place(), err)
		}
		if list, err = change(slices.Clone(k.list)); err != nil {
			return nil, err
		}
		text, err = k.write(list)
		return text, err
	})
	if err != nil {
		return nil, err
	}
	k.text, k.list = text, list
	return list, nil
}

func (k *kept) read(stored []byte) error {
	if stored == nil || k.text != nil && bytes.Equal(stored, k.text) {
		return nil
	}
	list, err := readRing(stored)
	if err == nil {
		k.text, k.list = stored, list
	}
	return err
}

// write returns the text of a list, the old one if it says the same.
func (k *kept) write(list []entry) ([]byte, error) {
	if k.text != nil && len(diff(k.list, list)) == 0 && sameTimes(k.list, list) {
		return k.text, nil
	}
	text, err := writeRing(list)
	if err != nil {
		return nil, fmt.Errorf("write %s: %w", k.vault.Place(), err)
	}
	return text, nil
}
