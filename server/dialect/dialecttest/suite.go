package dialecttest

import (
	"net/http/httptest"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/server/dialect"
)

// Suite describes how a dialect is replayed.
type Suite struct {
	Transcript string // file, possibly .gz
	Mount      dialect.Mount
	Config     dialect.Opener
	// Rules are the gateway's rules for other routes; nil is [Everything].
	Rules []route.Rule
	// Policy creates the gateway's policy, including rules, like a server with the mount and
	// the dialect; nil derives it from the dialect and Rules.
	Policy func(dialect.Opener, dialect.Mount, dialect.Dialect) core.Policy
	// Adjust may modify a row before it is replayed; nil changes nothing.
	Adjust func(*Row)
	// Each is called with every row and its answer; may be nil.
	Each func(Row, *httptest.ResponseRecorder)
	// Extra names members that answers may have in addition to the recorded ones.
	Extra []string
	// Volatile names claims with random or secret values of the plugin: only their type
	// is compared.
	Volatile []string
	// Ours makes later rows use the access tokens issued here instead of the recorded
	// ones, for plugins that store their tokens. Refresh tokens are always replaced.
	Ours bool
	// Waits are pauses in the recording before a row, by the row's name.
	Waits map[string]time.Duration
	// Tokens bounds what the engine issues and accepts.
	Tokens core.TokenPolicy
	// Application is the application password that the recorded site created for admin.
	Application api.Secret
	// Agree is the number of rows that agree: fewer are a defect; raise it if there are
	// more.
	Agree int
	// Deviations are the rows with another answer, by name.
	Deviations map[string]Deviation
}

func (s Suite) policy(o dialect.Opener, d dialect.Dialect) core.Policy {
	if s.Policy != nil {
		p := s.Policy(o, s.Mount, d)
		p.TokenFormats = nil // the engine adds the dialect's
		return p
	}
	p := policyOf(o, s.Mount, d)
	if p.Rules = s.Rules; p.Rules == nil {
		p.Rules = Everything()
	}
	return p
}

// Deviation is a row whose answer differs from the plugin's.
type Deviation struct {
	Status int    // status of the answer instead
	Code   string // code of the answer; "" for an answer without a code
	Why    string
	// Safer means that the plugin's answer is unsafe or a crash: the row is not
	// expected to agree and does not count against the dialect.
	Safer bool
	// Unheard means that the recorded WordPress never got such a request of such a
	// client, so nothing can be compared: the row is counted separately. Status and
	// Code are ignored.
	Unheard bool
}
