package passhash

import (
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/crypto/argon2"
)

// Bounds on the parameters of a stored hash, which protect memory and CPU; the lower
// ones are from RFC 9106 section 3.1.
const (
	MinMemory  = 8         // KiB
	maxMemory  = 256 << 10 // KiB
	maxPasses  = 10
	maxLanes   = 16
	SaltLength = 16 // of new hashes; RFC 9106 section 4
	sumLength  = 32
	minBytes   = 8 // of a stored salt or sum
	maxBytes   = 64
)

// argon2id is the scheme of RFC 9106 in PHC form:
//
//	$argon2id$v=19$m=19456,t=2,p=1$<salt>$<sum>
type argon2id struct {
	memory, passes uint32 // KiB, count
	lanes          uint8
}

const argon2idPrefix = "$argon2id$"

var phc = base64.RawStdEncoding.Strict()

// Argon2id returns the cost of new hashes with these parameters, limited to the bounds
// of stored ones; one lane.
func Argon2id(memory, passes uint32) Cost {
	return Cost{Kind: Argon, Lanes: 1, N: min(max(memory, MinMemory), maxMemory), Passes: min(passes, maxPasses)}
}

// Hash returns the hash of a password in PHC format, with a cost from [Argon2id]. The
// salt has [SaltLength] bytes.
func (c Cost) Hash(password string, salt []byte) string {
	return argon2id{c.N, c.Passes, c.Lanes}.hash(password, salt)
}

func (argon2id) Match(hash string) bool { return strings.HasPrefix(hash, argon2idPrefix) }

func (a argon2id) hash(password string, salt []byte) string {
	sum := argon2.IDKey([]byte(password), salt, a.passes, a.memory, a.lanes, sumLength)
	return fmt.Sprintf("%sv=%d$m=%d,t=%d,p=%d$%s$%s", argon2idPrefix, argon2.Version,
		a.memory, a.passes, a.lanes, phc.EncodeToString(salt), phc.EncodeToString(sum))
}

// work returns the cost of the parameters, which is the same for argon2i and argon2id.
func (a argon2id) work() Cost {
	return Cost{Kind: Argon, N: a.memory, Passes: a.passes, Lanes: a.lanes}
}

func (argon2id) Cost(hash string) (Cost, error) {
	a, _, _, err := parseArgon2(argon2idPrefix, hash)
	if err != nil {
		return Cost{}, fmt.Errorf("verify password: stored argon2id hash: %w", err)
	}
	return a.work(), nil
}

func (argon2id) Verify(hash, password string) error {
	a, salt, want, err := parseArgon2(argon2idPrefix, hash)
	if err != nil {
		return fmt.Errorf("verify password: stored argon2id hash: %w", err)
	}
	got := argon2.IDKey([]byte(password), salt, a.passes, a.memory, a.lanes, uint32(len(want)))
	if subtle.ConstantTimeCompare(got, want) != 1 {
		return ErrMismatch
	}
	return nil
}

// parseArgon2 parses a hash; its errors never contain the hash.
func parseArgon2(prefix, hash string) (a argon2id, salt, sum []byte, err error) {
	parts := strings.Split(strings.TrimPrefix(hash, prefix), "$")
	if len(parts) != 4 {
		return a, nil, nil, fmt.Errorf("%d parts instead of 4", len(parts))
	}
	if parts[0] != "v="+strconv.Itoa(argon2.Version) {
		return a, nil, nil, fmt.Errorf("version is not %d", argon2.Version)
	}
	if a, err = parseCost(parts[1]); err != nil {
		return a, nil, nil, err
	}
	if salt, err = decodeBytes("salt", parts[2]); err != nil {
		return a, nil, nil, err
	}
	sum, err = decodeBytes("sum", parts[3])
	return a, salt, sum, err
}

func parseCost(text string) (argon2id, error) {
	fields := strings.Split(text, ",")
	if len(fields) != 3 {
		return argon2id{}, errors.New("parameters are not m,t,p")
	}
	m, errM := bounded(fields[0], "m=", MinMemory, maxMemory)
	t, errT := bounded(fields[1], "t=", 1, maxPasses)
	p, errP := bounded(fields[2], "p=", 1, maxLanes)
	return argon2id{memory: m, passes: t, lanes: uint8(p)}, errors.Join(errM, errT, errP)
}

func bounded(field, name string, low, high uint32) (uint32, error) {
	digits, ok := strings.CutPrefix(field, name)
	n, err := strconv.ParseUint(digits, 10, 32)
	if !ok || err != nil || uint32(n) < low || uint32(n) > high {
		return 0, fmt.Errorf("%s is not a number from %d to %d", name[:1], low, high)
	}
	return uint32(n), nil
}

func decodeBytes(name, text string) ([]byte, error) {
	b, err := phc.DecodeString(text)
	if err != nil || len(b) < minBytes || len(b) > maxBytes {
		return nil, fmt.Errorf("%s is not base64 of %d to %d bytes", name, minBytes, maxBytes)
	}
	return b, nil
}
