package keys

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"sync"
)

// Vault stores an encoded key set: in a file, in memory, or in a table that several
// nodes share. It is safe for concurrent use, also by other processes with the same
// place.
type Vault interface {
	// Update passes the stored text, nil if there is none, to change and stores the
	// result, atomically. If it fails, the stored text is unchanged; an error of change
	// is returned as it is. If a text existed before and is missing, Update returns an
	// error.
	Update(ctx context.Context, change func(stored []byte) ([]byte, error)) error
	// Place names the vault in messages, such as "key file /etc/cardea/keys.json".
	Place() string
}

// NewMemoryVault returns a vault in the memory of the process.
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

// kept is a set in a vault, parsed again only if its text changed.
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

// write encodes a list; if it did not change it returns the previous text.
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
