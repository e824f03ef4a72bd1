package wordpress

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"strings"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/users"
)

// stamp tells whether something about a user changed, and what: 64 bits of a
// digest each. The zero stamp is that of a user who is gone. A login of 0 is not
// known: older versions did not note it.
type stamp struct{ password, email, roles, status, login uint64 }

func (r row) stamp() stamp {
	return stamp{
		password: digest(r.id, "password", r.pass),
		email:    digest(r.id, "email", strings.ToLower(r.email)),
		roles:    digest(r.id, "roles", r.capabilities.String),
		status:   digest(r.id, "status", fmt.Sprint(r.disabled())),
		login:    digest(r.id, "login", api.LoginKey(r.login)),
	}
}

func digest(id int64, kind, value string) uint64 {
	sum := sha256.Sum256(fmt.Appendf(nil, "%d %s %s", id, kind, value))
	return binary.BigEndian.Uint64(sum[:])
}

// changed returns what differs from before, for people, and whether that ends
// what the user holds.
func (s stamp) changed(before stamp, on users.RevokeOn) (what string, revokes bool) {
	var words []string
	for _, c := range []struct {
		word   string
		differ bool
		on     users.Toggle
	}{
		{"user deleted", s == stamp{}, on.Delete},
		{"user back", before == stamp{}, users.On},
		{"password changed", s.password != before.password, on.Password},
		{"email changed", s.email != before.email, on.Email},
		{"roles changed", s.roles != before.roles, on.Role},
		{"status changed", s.status != before.status, on.Disable},
		// Tokens say the old name, which may come to be another's.
		{"login changed", s.login != before.login && before.login != 0, users.On},
	} {
		if c.differ {
			words = append(words, c.word)
			revokes = revokes || c.on == users.On
		}
		if c.differ && (s == stamp{} || before == stamp{}) {
			break // all else differs as well, and means nothing
		}
	}
	return strings.Join(words, ", "), revokes
}

// The stamp travels at the end of a row's reason.
const stampOpen, stampClose = " [stamp ", "]"

func (s stamp) String() string {
	var b []byte
	for _, part := range []uint64{s.password, s.email, s.roles, s.status, s.login} {
		b = binary.BigEndian.AppendUint64(b, part)
	}
	return base64.RawURLEncoding.EncodeToString(b)
}

// stampIn finds the stamp in a reason.
func stampIn(reason string) (stamp, bool) {
	i := strings.LastIndex(reason, stampOpen)
	if i < 0 || !strings.HasSuffix(reason, stampClose) {
		return stamp{}, false
	}
	text := strings.TrimSuffix(reason[i+len(stampOpen):], stampClose)
	b, err := base64.RawURLEncoding.DecodeString(text)
	if err == nil && len(b) == 4*8 {
		b = append(b, make([]byte, 8)...) // of a version that did not note the login
	}
	if err != nil || len(b) != 5*8 {
		return stamp{}, false
	}
	at := func(i int) uint64 { return binary.BigEndian.Uint64(b[8*i:]) }
	return stamp{at(0), at(1), at(2), at(3), at(4)}, true
}
