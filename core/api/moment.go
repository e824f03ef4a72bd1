package api

import (
	"errors"
	"time"
)

// Moment is a point in time in a configuration, in the form of RFC 3339:
// 2027-01-31T18:00:00+01:00. The zero value is none.
type Moment struct{ time.Time }

// String returns the RFC 3339 form in UTC, "" for the zero value.
func (m Moment) String() string {
	if m.IsZero() {
		return ""
	}
	return m.UTC().Format(time.RFC3339)
}

// MarshalText returns String.
func (m Moment) MarshalText() ([]byte, error) { return []byte(m.String()), nil }

// UnmarshalText parses the RFC 3339 form; an empty text is the zero value.
func (m *Moment) UnmarshalText(text []byte) error {
	*m = Moment{}
	if len(text) == 0 {
		return nil
	}
	t, err := time.Parse(time.RFC3339, string(text))
	if err != nil || t.IsZero() {
		return errors.New("is not a time in the form of RFC 3339: write it as 2027-01-31T18:00:00Z")
	}
	m.Time = t
	return nil
}
