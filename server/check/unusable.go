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
// cannot sign, a certificate that clients reject. now is for certificates.
func Faults(cfg *config.Config, now time.Time) config.Problems {
	var list config.Problems
	for i, m := range cfg.Mounts {
		_, err := m.Common().Keys(m.Name)
		if err == nil {
			continue
		}
		if _, weak := errors.AsType[*keys.WeakSecretError](err); weak {
			err = fmt.Errorf("%w: every login here would be refused. Set 32 random bytes or more here and at the site ('openssl rand -base64 48' prints some), "+
				"or let the old one verify only, with allow_weak_secret: true", err)
		} else {
			err = fmt.Errorf("%w: every login here would be refused. Write a secret of 32 bytes or more, or a private key in PEM", err)
		}
		list = append(list, setting.Problems(fmt.Sprintf("mounts[%d].secret", i), err)...)
	}
	if c, err := state.LoadTLS(cfg.Server.TLS); err == nil {
		fault, _ := state.JudgeValidity(cfg.Server.TLS, c, now)
		list = append(list, setting.Problems("server.tls.cert_file", fault)...)
	}
	return list
}
