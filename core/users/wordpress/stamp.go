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

// stamp detects changes of a user: 64 bits of a digest per field. The zero stamp is
// that of a deleted user. A login of 0 is unknown: older versions did not store it.
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

// changed describes the differences from before, and reports whether they revoke the
// user's credentials.
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
		// Tokens contain the old name, which another user may get later.
		{"login changed", s.login != before.login && before.login != 0, users.On},
	} {
		if c.differ {
			words = append(words, c.word)
			revokes = revokes || c.on == users.On
		}
		if c.differ && (s == stamp{} || before == stamp{}) {
			break // all other fields differ as well
		}
	}
	return strings.Join(words, ", "), revokes
}

// The stamp is stored at the end of a row's reason.
const stampOpen, stampClose = " [stamp ", "]"

func (s stamp) String() string {
	var b []byte
	for _, part := range []uint64{s.password, s.email, s.roles, s.status, s.login} {
		b = binary.BigEndian.AppendUint64(b, part)
	}
	return base64.RawURLEncoding.EncodeToString(b)
}

// stampIn parses the stamp in a reason.
func stampIn(reason string) (stamp, bool) {
	i := strings.LastIndex(reason, stampOpen)
	if i < 0 || !strings.HasSuffix(reason, stampClose) {
		return stamp{}, false
	}
	text := strings.TrimSuffix(reason[i+len(stampOpen):], stampClose)
	b, err := base64.RawURLEncoding.DecodeString(text)
	if err == nil && len(b) == 4*8 {
		b = append(b, make([]byte, 8)...) // written by a version without the login
	}
	if err != nil || len(b) != 5*8 {
		return stamp{}, false
	}
	at := func(i int) uint64 { return binary.BigEndian.Uint64(b[8*i:]) }
	return stamp{at(0), at(1), at(2), at(3), at(4)}, true
}
