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

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/files"
	"github.com/cardea-auth/cardea/core/keys"
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

	Previous     []byte    `json:"previous,omitempty"` // MAC of the secret before; empty: none
	PreviousWeak bool      `json:"previous_weak,omitempty"`
	Until        time.Time `json:"until,omitzero"` // end of Previous
}

// MountSecret says how the secret of a mount compares with that of the last start.
type MountSecret struct {
	Mount string
	Index int       // in the configured mounts
	Since time.Time // the first start with the secret of the last start; zero: there was none
	Dies  string    // which tokens a start refuses from then on; "" if it refuses none

	Replaced bool      // the secret of the last start is now the previous one
	Until    time.Time // end of the previous secret; zero: there is none, or it has ended
}

// Warning returns what the next start changes for tokens; "" if it changes nothing.
func (s MountSecret) Warning() string {
	if s.Dies == "" && !s.Replaced {
		return ""
	}
	text := fmt.Sprintf("the secret of mount %s is not the one of the last start (in use since %s): ", s.Mount, s.Since.UTC().Format(time.RFC3339))
	if s.Replaced {
		text += s.Lives()
	}
	if s.Replaced && s.Dies != "" {
		text += ". "
	}
	if s.Dies != "" {
		text += "the next start refuses " + s.Dies + ". Sessions live on. If that is not meant, write the old secret back"
	}
	return text
}

// Lives returns until when tokens of the previous secret are accepted; "" if there is none.
func (s MountSecret) Lives() string {
	if s.Until.IsZero() {
		return ""
	}
	return "tokens that the previous secret of mount " + s.Mount + " signed are accepted until " + s.Until.UTC().Format(time.RFC3339)
}

// MountSecrets compares the secrets of mounts with those of the last start on the data
// directory. It changes nothing. now is for the ends of previous secrets. The error says
// that the record cannot be read; the next start then makes a new one.
func MountSecrets(cfg *config.Config, now time.Time) ([]MountSecret, error) {
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
			was, is := seen.Mounts[m.Name], seen.of(m)
			s := MountSecret{Mount: m.Name, Index: i, Since: was.Since, Dies: was.dies(is, now)}
			if is.hasPrevious(now) {
				s.Until = is.Until
				s.Replaced = len(was.MAC) > 0 && hmac.Equal(was.MAC, is.Previous)
			}
			list = append(list, s)
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
	list, err := MountSecrets(cfg, now)
	if err != nil {
		log.Warn("the record of the secrets of mounts cannot be read and is made anew: secrets changed since the last start are not noticed", "file", path, "error", err)
	}
	for _, s := range list {
		if s.Replaced {
			log.Info("the secret of a mount was replaced since the last start: tokens that the previous one signed are accepted until its end",
				"mount", s.Mount, "old_in_use_since", s.Since.UTC(), "accepted_until", s.Until.UTC())
		}
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
		same = same && bytes.Equal(is.Previous, was.Previous) && is.PreviousWeak == was.PreviousWeak && is.Until.Equal(was.Until)
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
	c := m.Common()
	if c.Secret == "" {
		return seenSecret{ServerKeys: true}
	}
	list, err := c.Keys(m.Name)
	is := seenSecret{MAC: s.mac(m.Name, c.Secret, list[0]), ServerKeys: err == nil && list[0].Weak}
	if len(list) > 1 {
		is.Previous, is.PreviousWeak, is.Until = s.mac(m.Name, c.SecretPrevious, list[1]), list[1].Weak, list[1].Until.UTC()
	}
	return is
}

// mac returns the MAC of a secret, or of the public key of a pair. It includes the mount's
// name, so that two mounts with one secret do not show.
func (s seenSecrets) mac(mount string, secret api.Secret, key api.Key) []byte {
	text := []byte(secret.Reveal())
	if public, err := keys.ExportPEM(key, false); err == nil {
		text = public
	}
	mac := hmac.New(sha256.New, []byte(s.Key))
	mac.Write([]byte(mount + "\x00"))
	mac.Write(text)
	return mac.Sum(nil)
}

// hasPrevious reports whether tokens of the previous secret are accepted.
func (s seenSecret) hasPrevious(now time.Time) bool {
	return len(s.Previous) > 0 && now.Before(s.Until)
}

// accepts reports whether tokens of the secret with that MAC are accepted.
func (s seenSecret) accepts(mac []byte, now time.Time) bool {
	return hmac.Equal(mac, s.MAC) || s.hasPrevious(now) && hmac.Equal(mac, s.Previous)
}

// byServer reports whether the server's keys verify tokens of the mount.
func (s seenSecret) byServer(now time.Time) bool {
	return s.ServerKeys || s.hasPrevious(now) && s.PreviousWeak
}

// dies returns which tokens of the time before a mount refuses now.
func (s seenSecret) dies(is seenSecret, now time.Time) string {
	if s.Since.IsZero() {
		return ""
	}
	var list []string
	if len(s.MAC) > 0 && !is.accepts(s.MAC, now) {
		list = append(list, "tokens that the old secret signed")
	}
	if s.hasPrevious(now) && !is.accepts(s.Previous, now) {
		list = append(list, "tokens that the secret before it signed")
	}
	if s.byServer(now) && !is.byServer(now) {
		list = append(list, "tokens of the mount that the server's own keys signed")
	}
	return strings.Join(list, " and ")
}
