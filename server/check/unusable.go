package check

import (
	"errors"
	"fmt"
	"time"

	"github.com/cardea-auth/cardea/core/keys"
	"github.com/cardea-auth/cardea/server/config"
	"github.com/cardea-auth/cardea/server/internal/setting"
	"github.com/cardea-auth/cardea/server/state"
)

// Faults finds parts that do not work although the server starts: a mount whose secret
// cannot sign or verify, a certificate that clients reject. now is for certificates.
func Faults(cfg *config.Config, now time.Time) config.Problems {
	var list config.Problems
	for i, m := range cfg.Mounts {
		list = append(list, setting.Problems(fmt.Sprintf("mounts[%d].secret", i), unusableSecret(m))...)
		list = append(list, setting.Problems(fmt.Sprintf("mounts[%d].secret_previous", i), unusablePrevious(m))...)
	}
	if c, err := state.LoadTLS(cfg.Server.TLS); err == nil {
		fault, _ := state.JudgeValidity(cfg.Server.TLS, c, now)
		list = append(list, setting.Problems("server.tls.cert_file", fault)...)
	}
	return list
}

// unusableSecret returns an error if the secret of a mount cannot sign.
func unusableSecret(m config.Mount) error {
	_, err := m.Common().Keys(m.Name)
	if err == nil {
		return nil
	}
	if _, weak := errors.AsType[*keys.WeakSecretError](err); weak {
		return fmt.Errorf("%w: every login here would be refused. Set 32 random bytes or more here and at the site ('openssl rand -base64 48' prints some), "+
			"or let the old one verify only, with allow_weak_secret: true", err)
	}
	return fmt.Errorf("%w: every login here would be refused. Write a secret of 32 bytes or more, or a private key in PEM", err)
}

// unusablePrevious returns an error if the replaced secret of a mount cannot verify.
func unusablePrevious(m config.Mount) error {
	_, err := m.Common().PreviousKey(m.Name)
	if err == nil || m.Common().SecretPreviousUntil.IsZero() { // reported for secret_previous_until
		return nil
	}
	const refused = "tokens that the previous secret signed are refused. Remove it and secret_previous_until, so that their users log in again"
	if _, weak := errors.AsType[*keys.WeakSecretError](err); weak {
		return fmt.Errorf("%w: %s, or let it verify, with allow_weak_secret: true", err, refused)
	}
	return fmt.Errorf("%w: %s, or write the secret or key that was replaced", err, refused)
}
