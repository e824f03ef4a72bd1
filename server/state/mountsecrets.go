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

// secretsFile is the file in the data directory by which a start notices that a secret was
// changed: one of a mount, or keys.secret.
const secretsFile = "mount-secrets.json"

// seenSecrets is the content of secretsFile. It contains no secret, only an HMAC of each
// with a random key of this data directory.
type seenSecrets struct {
	Key    string                `json:"key"`
	Mounts map[string]seenSecret `json:"mounts"` // by name
	Server seenSecret            `json:"server"` // keys.secret or keys.file
}

// seenSecret is what tokens were verified with at the last start.
type seenSecret struct {
	MAC        []byte    `json:"mac,omitempty"` // empty: there is no secret
	ServerKeys bool      `json:"server_keys"`   // the keys of the server's file verify the tokens, too
	Since      time.Time `json:"since"`         // the first start with it
}

// MountSecret says how the secret of a mount, or of the server, compares with that of the
// last start.
type MountSecret struct {
	Mount   string    // "" is the server
	Setting string    // such as "mounts[0].secret" or "keys.secret"
	Set     bool      // whether there is a secret now
	Since   time.Time // the first start known with the secret of the last start; zero: there was none
	Dies    string    // which tokens a start refuses from then on; "" if it is the same secret
}

// Name returns what a message calls the secret.
func (s MountSecret) Name() string {
	if s.Mount == "" {
		return s.Setting
	}
	return "the secret of mount " + s.Mount
}

// Warning returns the warning that the next start refuses tokens; "" if it does not.
func (s MountSecret) Warning() string {
	if s.Dies == "" {
		return ""
	}
	return fmt.Sprintf("%s is not the one of the last start (in use since at least %s): the next start refuses %s. Sessions live on. "+
		"If that is not meant, write the old secret back", s.Name(), s.Since.UTC().Format(time.RFC3339), s.Dies)
}

// MountSecrets compares the secrets of mounts, and the one that the server has or had, with
// those of the last start on the data directory. It changes nothing. The error says that the record cannot be read; the next
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
			now := seen.of(m)
			list = append(list, MountSecret{m.Name, fmt.Sprintf("mounts[%d].secret", i), len(now.MAC) > 0, before.Since, before.dies(now, "tokens of the mount that the server's own keys signed")})
		}
	}
	named, now, err := seen.ofServer(cfg.Keys)
	if err == nil && len(seen.Server.MAC)+len(now.MAC) > 0 { // KeyConfig reports the error
		list = append(list, MountSecret{"", named, len(now.MAC) > 0, seen.Server.Since, seen.Server.dies(now, "tokens that the keys in "+keysFile+" signed")})
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
		switch {
		case s.Dies == "":
		case s.Mount == "":
			log.Warn("the secret that signs tokens was changed since the last start: tokens issued before are refused from now on, and sessions live on",
				"setting", s.Setting, "old_in_use_since", s.Since.UTC(), "refused", s.Dies)
		default:
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
	next := seenSecrets{seen.Key, map[string]seenSecret{}, seen.Server}
	same := err == nil
	if _, is, err := seen.ofServer(cfg.Keys); err == nil {
		next.Server = is.since(seen.Server, now)
		same = same && next.Server.Since.Equal(seen.Server.Since)
	}
	for _, m := range cfg.Mounts {
		if !m.HasOwnTokens() {
			continue
		}
		was := seen.Mounts[m.Name]
		next.Mounts[m.Name] = seen.of(m).since(was, now)
		same = same && next.Mounts[m.Name].Since.Equal(was.Since)
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

// since returns the entry with the time of its first start, of which was is the last entry.
func (s seenSecret) since(was seenSecret, now time.Time) seenSecret {
	if s.Since = was.Since; was.Since.IsZero() || !bytes.Equal(s.MAC, was.MAC) || s.ServerKeys != was.ServerKeys {
		s.Since = now.UTC()
	}
	return s
}

// ofServer returns the entry of the configured key as it is now, without a time, and the
// setting that has it.
func (s seenSecrets) ofServer(k config.Keys) (named string, is seenSecret, err error) {
	named, text, err := keyText(k)
	if err != nil || text == "" {
		return named, seenSecret{ServerKeys: true}, err
	}
	given, err := GivenKey(k)
	if err != nil {
		return named, seenSecret{}, err
	}
	return named, seenSecret{MAC: s.mac("\x00"+named, text.Reveal()), ServerKeys: given.Weak}, nil
}

// mac returns the HMAC of a secret. name is whose it is, so that two that have one secret do
// not show.
func (s seenSecrets) mac(name, secret string) []byte {
	mac := hmac.New(sha256.New, []byte(s.Key))
	mac.Write([]byte(name + "\x00" + secret))
	return mac.Sum(nil)
}

// of returns the entry of a mount as it is now, without a time.
func (s seenSecrets) of(m config.Mount) seenSecret {
	secret := m.Common().Secret.Reveal()
	if secret == "" {
		return seenSecret{ServerKeys: true}
	}
	keys, err := m.Common().Keys(m.Name)
	return seenSecret{MAC: s.mac(m.Name, secret), ServerKeys: err == nil && keys[0].Weak}
}

// dies returns which tokens of the time before are refused now. byServer are those that the
// server's keys signed.
func (s seenSecret) dies(now seenSecret, byServer string) string {
	if s.Since.IsZero() {
		return ""
	}
	var list []string
	if len(s.MAC) > 0 && !hmac.Equal(s.MAC, now.MAC) {
		list = append(list, "tokens that the old secret signed")
	}
	if s.ServerKeys && !now.ServerKeys {
		list = append(list, byServer)
	}
	return strings.Join(list, " and ")
}
