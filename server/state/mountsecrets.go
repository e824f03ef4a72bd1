package state

import (
	"bytes"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"time"

	"github.com/cardea-auth/cardea/core/files"
	"github.com/cardea-auth/cardea/server/config"
)

// secretsFile is the file in the data directory by which a start notices that the secret of
// a mount was changed.
const secretsFile = "mount-secrets.json"

// seenSecrets is the content of secretsFile. It contains no secret, only an HMAC of each
// with a random key of this data directory.
type seenSecrets struct {
	Key    string                `json:"key"`
	Mounts map[string]seenSecret `json:"mounts"` // by name
}

// seenSecret is what the tokens of a mount were verified with at the last start.
type seenSecret struct {
	MAC        []byte    `json:"mac,omitempty"` // empty: the mount has no secret
	ServerKeys bool      `json:"server_keys"`   // the server's keys verify its tokens, too
	Since      time.Time `json:"since"`         // the first start with it
}

// MountSecret says how the secret of a mount compares with that of the last start.
type MountSecret struct {
	Mount string
	Index int       // in the configured mounts
	Since time.Time // the first start with the secret of the last start; zero: there was none
	Dies  string    // which tokens a start refuses from then on; "" if it is the same secret
}

// Warning returns the warning that the next start refuses tokens; "" if it does not.
func (s MountSecret) Warning() string {
	if s.Dies == "" {
		return ""
	}
	return fmt.Sprintf("the secret of mount %s is not the one of the last start (in use since %s): the next start refuses %s. Sessions live on. "+
		"If that is not meant, write the old secret back", s.Mount, s.Since.UTC().Format(time.RFC3339), s.Dies)
}

// MountSecrets compares the secrets of mounts with those of the last start on the data
// directory. It changes nothing. The error says that the record cannot be read; the next
// start then makes a new one.
func MountSecrets(cfg *config.Config) ([]MountSecret, error) {
	if cfg.Store.Driver == "memory" {
		return nil, nil
	}
	seen, err := readSecrets(cfg)
	if err != nil {
		return nil, err
	}
	var list []MountSecret
	for i, m := range cfg.Mounts {
		if m.HasOwnTokens() {
			before := seen.Mounts[m.Name]
			list = append(list, MountSecret{m.Name, i, before.Since, before.dies(seen.of(m))})
		}
	}
	return list, nil
}

// NoteMountSecrets logs which secrets of mounts were changed since the last start, and
// records those of now. It logs its failures: they do not keep a server from starting.
func NoteMountSecrets(cfg *config.Config, now time.Time, log *slog.Logger) {
	if cfg.Store.Driver == "memory" {
		return
	}
	path := filepath.Join(cfg.Data, secretsFile)
	list, err := MountSecrets(cfg)
	if err != nil {
		log.Warn("the record of the secrets of mounts cannot be read and is made anew: secrets changed since the last start are not noticed", "file", path, "error", err)
	}
	for _, s := range list {
		if s.Dies != "" {
			log.Warn("the secret of a mount was changed since the last start: tokens issued before are refused from now on, and sessions live on",
				"mount", s.Mount, "old_in_use_since", s.Since.UTC(), "refused", s.Dies)
		}
	}
	if err := recordSecrets(cfg, path, now); err != nil {
		log.Warn("the secrets of mounts cannot be recorded: the next start does not notice a change", "file", path, "error", err)
	}
}

// recordSecrets writes the file if the secrets are not those that it contains.
func recordSecrets(cfg *config.Config, path string, now time.Time) error {
	seen, err := readSecrets(cfg)
	if err != nil {
		seen = newSecrets()
	}
	next := seenSecrets{seen.Key, map[string]seenSecret{}}
	same := err == nil
	for _, m := range cfg.Mounts {
		if !m.HasOwnTokens() {
			continue
		}
		is, was := seen.of(m), seen.Mounts[m.Name]
		if is.Since = was.Since; was.Since.IsZero() || !bytes.Equal(is.MAC, was.MAC) || is.ServerKeys != was.ServerKeys {
			is.Since, same = now.UTC(), false
		}
		next.Mounts[m.Name] = is
	}
	if same && len(next.Mounts) == len(seen.Mounts) {
		return nil
	}
	data, err := json.Marshal(next)
	if err != nil {
		return err
	}
	return files.Replace(path, data)
}

// readSecrets returns what the last start has recorded, and an empty record if there was
// none.
func readSecrets(cfg *config.Config) (seenSecrets, error) {
	path := filepath.Join(cfg.Data, secretsFile)
	if IsMissing(path) {
		return newSecrets(), nil
	}
	data, err := files.Read(path, MaxKeyFile)
	if err != nil {
		return seenSecrets{}, err
	}
	var seen seenSecrets
	if err := json.Unmarshal(data, &seen); err != nil {
		return seenSecrets{}, fmt.Errorf("%s is damaged: %w", path, err)
	}
	if len(seen.Key) < len(rand.Text()) {
		return seenSecrets{}, fmt.Errorf("%s is damaged: %w", path, errors.New("it has no key"))
	}
	return seen, nil
}

func newSecrets() seenSecrets { return seenSecrets{Key: rand.Text()} }

// of returns the entry of a mount as it is now, without a time.
func (s seenSecrets) of(m config.Mount) seenSecret {
	secret := m.Common().Secret.Reveal()
	if secret == "" {
		return seenSecret{ServerKeys: true}
	}
	mac := hmac.New(sha256.New, []byte(s.Key))
	mac.Write([]byte(m.Name + "\x00" + secret)) // with the name, so that two mounts with one secret do not show
	keys, err := m.Common().Keys(m.Name)
	return seenSecret{MAC: mac.Sum(nil), ServerKeys: err == nil && keys[0].Weak}
}

// dies returns which tokens of the time before a mount refuses now.
func (s seenSecret) dies(now seenSecret) string {
	if s.Since.IsZero() {
		return ""
	}
	var list []string
	if len(s.MAC) > 0 && !hmac.Equal(s.MAC, now.MAC) {
		list = append(list, "tokens that the old secret signed")
	}
	if s.ServerKeys && !now.ServerKeys {
		list = append(list, "tokens of the mount that the server's own keys signed")
	}
	return strings.Join(list, " and ")
}
