package api

import (
	"errors"
	"time"
)

// Moment is a point in time in a configuration: a date such as 2026-12-31, which is its
// first moment in UTC, or an RFC 3339 time such as 2026-12-31T18:00:00+01:00. The zero
// value is none.
type Moment struct{ time.Time }

// MarshalText returns the RFC 3339 form, "" for the zero value.
func (m Moment) MarshalText() ([]byte, error) {
	if m.IsZero() {
		return nil, nil
	}
	return []byte(m.String()), nil
}

// String returns the RFC 3339 form in UTC, "" for the zero value.
func (m Moment) String() string {
	if m.IsZero() {
		return ""
	}
	return m.UTC().Format(time.RFC3339)
}

// UnmarshalText parses both forms; an empty text is the zero value.
func (m *Moment) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*m = Moment{}
		return nil
	}
	for _, form := range []string{time.DateOnly, time.RFC3339} {
		if t, err := time.Parse(form, string(text)); err == nil && !t.IsZero() {
			*m = Moment{t}
			return nil
		}
	}
	return errors.New("is not a date or time: write it as 2026-12-31 or 2026-12-31T18:00:00Z")
}
