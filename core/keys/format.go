package keys

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/keys/internal/members"
)

// lifeMember is the additional member of a JWK in the key file, which RFC 7517 section
// 4 permits. A file without it, such as an operator's own JWK set, is accepted: the
// first private key signs, all verify.
const lifeMember = "cardea"

// storedLife is the value of lifeMember.
type storedLife struct {
	State     State     `json:"state"`
	Created   time.Time `json:"created,omitzero"`
	NotBefore time.Time `json:"not_before,omitzero"`
	RetireAt  time.Time `json:"retire_at,omitzero"`
}

func writeRing(list []entry) ([]byte, error) {
	set := struct {
		Keys []json.RawMessage `json:"keys"`
	}{}
	for _, e := range list {
		one, err := writeEntry(e)
		if err != nil {
			return nil, err
		}
		set.Keys = append(set.Keys, one)
	}
	data, err := json.MarshalIndent(set, "", "  ")
	return append(data, '\n'), err
}

func writeEntry(e entry) (json.RawMessage, error) {
	data, err := ExportJWK(e.key, e.key.CanSign())
	if err != nil {
		return nil, err
	}
	object, err := members.Read(data)
	if err != nil {
		return nil, err
	}
	object[lifeMember], err = json.Marshal(storedLife{e.state, e.created, e.notBefore, e.retireAt})
	if err != nil {
		return nil, err
	}
	return json.Marshal(object)
}

func readRing(data []byte) ([]entry, error) {
	raw, err := setMembers(data)
	if err != nil {
		return nil, fmt.Errorf("%w: restore it from a backup, or move it away to begin with a new key", err)
	}
	var list []entry
	for i, one := range raw {
		e, err := readEntry(one)
		if err != nil {
			return nil, fmt.Errorf("key %d: %w", i+1, err)
		}
		list = append(list, e)
	}
	return list, settle(list)
}

func readEntry(data []byte) (entry, error) {
	key, err := ParseJWK(data)
	if err != nil {
		return entry{}, err
	}
	if err := checkOwn(key); err != nil {
		return entry{}, err
	}
	if key.ID == "" {
		if key.ID, err = thumbprint(key); err != nil {
			return entry{}, err
		}
	}
	object, err := members.Read(data)
	if err != nil {
		return entry{}, err
	}
	var life storedLife
	if raw, ok := object[lifeMember]; ok {
		if err := json.Unmarshal(raw, &life); err != nil {
			return entry{}, fmt.Errorf("member %s: %w", lifeMember, err)
		}
	}
	return entry{key, life.State, life.Created, life.NotBefore, life.RetireAt}, nil
}

// settle sets the state of keys without one, and rejects sets that cannot be a ring.
func settle(list []entry) error {
	seen := map[string]bool{}
	count := map[string]int{} // keyed by state and algorithm
	for i := range list {
		e := &list[i]
		if seen[e.key.ID] {
			return fmt.Errorf("two keys with kid %.64q", e.key.ID)
		}
		seen[e.key.ID] = true
		if e.state == "" {
			e.state = stateOf(e.key, list)
		}
		if err := checkState(e.key, e.state); err != nil {
			return err
		}
		if count[string(e.state)+e.key.Algorithm]++; e.state != Retiring && count[string(e.state)+e.key.Algorithm] > 1 {
			return fmt.Errorf("two keys of %s are %s, must be at most one for each algorithm", e.key.Algorithm, e.state)
		}
	}
	return nil
}

// stateOf returns Active for the first key that can sign, Retiring for all others.
func stateOf(key api.Key, list []entry) State {
	if key.CanSign() && indexState(list, Active) < 0 {
		return Active
	}
	return Retiring
}

func checkState(key api.Key, state State) error {
	switch state {
	case Next, Active:
		if !key.CanSign() {
			return fmt.Errorf("%s is %s but has no private part", key, state)
		}
		return nil
	case Retiring:
		return nil
	}
	return errors.New("unknown state " + string(state))
}
