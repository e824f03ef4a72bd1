package command

import "time"

// Moment returns a time as lists show it; "-" is none.
func Moment(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.UTC().Format(time.RFC3339)
}
