package dialecttest

import (
	"net/http/httptest"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/server/dialect"
)

// Suite says how a dialect is replayed.
type Suite struct {
	Transcript string // file, possibly .gz
	Mount      dialect.Mount
	Config     dialect.Opener
	// Rules are the gate's, for routes of others; none: [Everything].
	Rules []route.Rule
	// Gate makes the gate's policy with its rules instead, as a server does that
	// has the mount with the dialect; nil: from what the dialect says, and Rules.
	Gate func(dialect.Opener, dialect.Mount, dialect.Dialect) core.Policy
	// Adjust may complete a row before it is played; nil changes nothing.
	Adjust func(*Row)
	// Each is told of every row and its answer; nil: nobody is.
	Each func(Row, *httptest.ResponseRecorder)
	// Extra names members that answers may have besides the recorded ones.
	Extra []string
	// Volatile names claims whose value is the plugin's own secret or chance:
	// only their type is compared.
	Volatile []string
	// Ours says that later rows present the access tokens that were answered here
	// in place of the recorded ones, for plugins that keep track of theirs.
	// Refresh tokens always are.
	Ours bool
	// Waits are pauses that the recording made before a row, by name.
	Waits map[string]time.Duration
	// Tokens bounds what the engine issues and accepts.
	Tokens core.TokenPolicy
	// Application is the application password that the recorded site made for
	// admin, once it did.
	Application api.Secret
	// Agree is how many rows agree: fewer are a defect, more a reason to raise it.
	Agree int
	// Deviations are the rows that answer otherwise, by name, each with its reason.
	Deviations map[string]Deviation
}

func (s Suite) gate(o dialect.Opener, d dialect.Dialect) core.Policy {
	if s.Gate != nil {
		p := s.Gate(o, s.Mount, d)
		p.TokenFormats = nil // the engine is given the dialect's besides
		return p
	}
	p := gate(o, s.Mount, d)
	if p.Rules = s.Rules; p.Rules == nil {
		p.Rules = Everything()
	}
	return p
}

// Deviation is a row that answers otherwise than the plugin did.
type Deviation struct {
	Status int    // what is answered instead
	Code   string // likewise; "" for an answer without a code
	Why    string
	// Safer says that the plugin's answer is unsafe, or a crash: agreement is not
	// wanted, and the row does not count against the dialect.
	Safer bool
	// Unheard says that the row comes to what the recorded WordPress was never
	// asked by such a client, so that nothing can be compared: it is counted apart.
	// Status and Code are not looked at.
	Unheard bool
}
