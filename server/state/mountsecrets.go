package state

import (
	"bytes"
	"cmp"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/files"
	"github.com/cardea-auth/cardea/core/keys"
	"github.com/cardea-auth/cardea/server/config"
)

// secretsFile is the file in the data directory by which a start notices that a secret was
// changed: one of a mount, or keys.secret.
const secretsFile = "mount-secrets.json"

// maxGone is how many mounts that are gone secretsFile contains at most: the return of others
// is not noticed.
const maxGone = 100

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

	Previous     []byte    `json:"previous,omitempty"` // MAC of the secret before; empty: none
	PreviousWeak bool      `json:"previous_weak,omitempty"`
	Until        time.Time `json:"until,omitzero"` // end of Previous

	Gone time.Time `json:"gone,omitzero"` // the first start without the mount; zero: the last start had it
}

// MountSecret says how the secret of a mount, or of the server, compares with that of the
// last start.
type MountSecret struct {
	Mount   string    // "" is the server
	Setting string    // such as "mounts[0].secret" or "keys.secret"
	Set     bool      // whether there is a secret now
	Since   time.Time // the first start known with the secret of the last start; zero: there was none
	Refused string    // which tokens a start refuses from then on; "" if it refuses none

	Replaced bool      // the secret of the last start is now the previous one; never set for the server's secret
	Until    time.Time // end of the previous secret; zero: there is none, or it has ended

	Gone    bool      // the last start had the mount with tokens of its own, and now there is none
	Kept    bool      // with Gone: there is a mount of that name, without tokens of its own
	Renamed string    // with Gone: a new mount with the same secret; "": none
	Back    time.Time // the first start without the mount, which is there again; zero: it was there at the last start
}

// Name returns what a message calls the secret.
func (s MountSecret) Name() string {
	if s.Mount == "" {
		return s.Setting
	}
	return "the secret of mount " + s.Mount
}

// Warning returns what the next start changes for tokens; "" if it changes nothing.
func (s MountSecret) Warning() string {
	switch {
	case s.Kept:
		return fmt.Sprintf("mount %s has no tokens of its own any more: the next start refuses those of the last start (in use since at least %s)",
			s.Mount, s.Since.UTC().Format(time.RFC3339))
	case s.Gone:
		return fmt.Sprintf("mount %s of the last start (in use since at least %s) is gone%s: the next start refuses %s. If it was only renamed, write the old name back",
			s.Mount, s.Since.UTC().Format(time.RFC3339), s.successor(), endsWithMount)
	case !s.Back.IsZero() && s.Refused == "":
		return fmt.Sprintf("mount %s is back, without which the server was started at %s: the next start accepts %s", s.Mount, s.Back.UTC().Format(time.RFC3339), returnsWithMount)
	case s.Refused == "" && !s.Replaced:
		return ""
	}
	text := fmt.Sprintf("%s is not the one of the last start (in use since at least %s): ", s.Name(), s.Since.UTC().Format(time.RFC3339))
	if s.Replaced {
		text += s.Lives()
	}
	if s.Replaced && s.Refused != "" {
		text += ". "
	}
	if s.Refused != "" {
		text += "the next start refuses " + s.Refused + ". Sessions live on. If that is not meant, write the old secret back"
	}
	return text
}

// Effects of removing a mount, and of adding it again.
const (
	endsWithMount    = "its sessions and their tokens, and a refresh in the meantime ends a session for good"
	returnsWithMount = "its sessions and tokens from before that have neither expired nor been ended: 'cardea token revoke --everything' ends them with all others"
)

// successor returns the part of a text that names a mount with the same secret.
func (s MountSecret) successor() string {
	if s.Renamed == "" {
		return ""
	}
	return ", and mount " + s.Renamed + " has its secret"
}

// Lives returns until when tokens of the previous secret are accepted; "" if there is none.
func (s MountSecret) Lives() string {
	if s.Until.IsZero() {
		return ""
	}
	return "tokens that the previous secret of mount " + s.Mount + " signed are accepted until " + s.Until.UTC().Format(time.RFC3339)
}

// MountSecrets compares the secrets of mounts, and the one that the server has or had, with
// those of the last start on the data directory. It changes nothing. now is for the ends of
// previous secrets. The error says that the record cannot be read; the next start then makes
// a new one.
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
			s := seen.Mounts[m.Name].compare(seen.of(m), "tokens of the mount that the server's own keys signed", now)
			s.Mount, s.Setting, s.Back = m.Name, fmt.Sprintf("mounts[%d].secret", i), seen.Mounts[m.Name].Gone
			list = append(list, s)
		}
	}
	list = append(list, seen.gone(cfg)...)
	named, is, err := seen.ofServer(cfg.Keys)
	if err == nil && len(seen.Server.MAC)+len(is.MAC) > 0 { // KeyConfig reports the error
		s := seen.Server.compare(is, "tokens that the keys in "+keysFile+" signed", now)
		s.Setting = named
		list = append(list, s)
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
		log.Warn("the record of the mounts' secrets cannot be read and is created again: changes since the last start are not noticed", "file", path, "error", err)
	}
	for _, s := range list {
		noteMount(s, log)
		if s.Replaced {
			log.Info("the secret of a mount was replaced since the last start: tokens that the previous one signed are accepted until its end",
				"mount", s.Mount, "old_in_use_since", s.Since.UTC(), "accepted_until", s.Until.UTC())
		}
		switch {
		case s.Refused == "":
		case s.Mount == "":
			log.Warn("the secret that signs tokens was changed since the last start: tokens issued before are refused from now on, sessions continue",
				"setting", s.Setting, "old_in_use_since", s.Since.UTC(), "refused", s.Refused)
		default:
			log.Warn("the secret of a mount was changed since the last start: tokens issued before are refused from now on, sessions continue",
				"mount", s.Mount, "old_in_use_since", s.Since.UTC(), "refused", s.Refused)
		}
	}
	if err := recordSecrets(cfg, path, now); err != nil {
		log.Warn("the secrets of mounts cannot be recorded: the next start does not notice a change", "file", path, "error", err)
	}
}

// noteMount logs that a mount is gone or back.
func noteMount(s MountSecret, log *slog.Logger) {
	switch {
	case s.Kept:
		log.Warn("a mount no longer has tokens of its own: those issued before are refused", "mount", s.Mount, "in_use_since", s.Since.UTC())
	case s.Gone:
		log.Warn("a mount of the last start is gone: its sessions and their tokens are refused. If it was only renamed, write the old name back, since a refresh in the meantime ends a session for good",
			"mount", s.Mount, "in_use_since", s.Since.UTC(), "has_its_secret", s.Renamed)
	case !s.Back.IsZero() && s.Refused == "":
		log.Warn("a mount is back: its sessions and tokens from before are accepted again, unless they have expired or been ended", "mount", s.Mount, "gone_since", s.Back.UTC())
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
		same = same && next.Server.equal(seen.Server)
	}
	for _, m := range cfg.Mounts {
		if !m.HasOwnTokens() {
			continue
		}
		was := seen.Mounts[m.Name]
		next.Mounts[m.Name] = seen.of(m).since(was, now)
		same = same && next.Mounts[m.Name].equal(was)
	}
	for name, was := range seen.Mounts {
		if _, there := next.Mounts[name]; !there {
			same = same && !was.Gone.IsZero()
			was.Gone = cmp.Or(was.Gone, now.UTC())
			next.Mounts[name] = was
		}
	}
	next.forget()
	if same && len(next.Mounts) == len(seen.Mounts) {
		return nil
	}
	data, err := json.Marshal(next)
	if err != nil {
		return err
	}
	return files.Replace(path, data)
}

// forget removes the mounts that are gone for longest, beyond maxGone of them.
func (s seenSecrets) forget() {
	since := func(name string) time.Time { return s.Mounts[name].Gone }
	gone := slices.DeleteFunc(slices.Sorted(maps.Keys(s.Mounts)), func(name string) bool { return since(name).IsZero() })
	slices.SortStableFunc(gone, func(a, b string) int { return since(b).Compare(since(a)) })
	for _, name := range gone[min(len(gone), maxGone):] {
		delete(s.Mounts, name)
	}
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

// equal reports whether two entries say the same.
func (s seenSecret) equal(o seenSecret) bool {
	return bytes.Equal(s.MAC, o.MAC) && s.ServerKeys == o.ServerKeys && s.Since.Equal(o.Since) &&
		bytes.Equal(s.Previous, o.Previous) && s.PreviousWeak == o.PreviousWeak && s.Until.Equal(o.Until) && s.Gone.Equal(o.Gone)
}

// gone returns the mounts of the last start that have no tokens of their own now, by name.
func (s seenSecrets) gone(cfg *config.Config) (list []MountSecret) {
	there, added := map[string]bool{}, []config.Mount{}
	for _, m := range cfg.Mounts {
		if there[m.Name] = m.HasOwnTokens(); there[m.Name] && s.Mounts[m.Name].Since.IsZero() {
			added = append(added, m)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(s.Mounts)) {
		was := s.Mounts[name]
		if there[name] || !was.Gone.IsZero() {
			continue
		}
		g := MountSecret{Mount: name, Setting: "mounts", Since: was.Since, Gone: true}
		_, g.Kept = there[name]
		for _, m := range added {
			as := m
			if as.Name = name; len(was.MAC) > 0 && hmac.Equal(s.of(as).MAC, was.MAC) {
				g.Renamed = m.Name
			}
		}
		list = append(list, g)
	}
	return list
}

// ofServer returns the entry of the configured key as it is now, without a time, and the
// setting that has it.
func (s seenSecrets) ofServer(k config.Keys) (named string, is seenSecret, err error) {
	named, text, err := keyText(k)
	if err != nil || text == "" {
		return named, seenSecret{ServerKeys: true}, err
	}
	given, err := parseGiven(k, named, text)
	if err != nil {
		return named, seenSecret{}, err
	}
	return named, seenSecret{MAC: s.mac("\x00"+named, text, *given), ServerKeys: given.Weak}, nil
}

// mac returns the HMAC of a secret, or of the public key of a pair. name is whose it is, so
// that two that have one secret do not show.
func (s seenSecrets) mac(name string, secret api.Secret, key api.Key) []byte {
	text := []byte(secret.Reveal())
	if public, err := keys.ExportPEM(key, false); err == nil {
		text = public
	}
	mac := hmac.New(sha256.New, []byte(s.Key))
	mac.Write([]byte(name + "\x00"))
	mac.Write(text)
	return mac.Sum(nil)
}

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

// compare returns what a start with the entry is changes, if the last start had s. byKeys
// are the tokens that the server's keys signed.
func (s seenSecret) compare(is seenSecret, byKeys string, now time.Time) MountSecret {
	m := MountSecret{Set: len(is.MAC) > 0, Since: s.Since, Refused: s.refused(is, byKeys, now)}
	if is.hasPrevious(now) {
		m.Until = is.Until
		m.Replaced = len(s.MAC) > 0 && hmac.Equal(s.MAC, is.Previous)
	}
	return m
}

// refused returns which tokens of the time before are refused now.
func (s seenSecret) refused(is seenSecret, byKeys string, now time.Time) string {
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
		list = append(list, byKeys)
	}
	return strings.Join(list, " and ")
}
