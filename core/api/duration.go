package api

import (
	"errors"
	"math"
	"strconv"
	"strings"
	"time"
)

// Duration is a time.Duration with a readable text form: 250ms, 15m, 7d, 1d12h, or a plain
// number of seconds. A parsed one is never negative.
type Duration time.Duration

const day = 24 * time.Hour

var errDuration = errors.New("is not a duration: write it as 250ms, 15m, 2h, 7d or a number of seconds")

// ParseDuration parses a duration. The error does not include the text.
func ParseDuration(text string) (Duration, error) {
	if seconds, err := strconv.ParseUint(text, 10, 64); err == nil {
		return scale(seconds, time.Second)
	}
	days, rest, found := strings.Cut(text, "d")
	if !found {
		return clock(text)
	}
	n, err := strconv.ParseUint(days, 10, 64)
	if err != nil {
		return 0, errDuration
	}
	whole, err := scale(n, day)
	if err != nil || rest == "" {
		return whole, err
	}
	part, err := clock(rest)
	if err != nil || part > math.MaxInt64-whole {
		return 0, errDuration
	}
	return whole + part, nil
}

func scale(n uint64, unit time.Duration) (Duration, error) {
	if n > uint64(math.MaxInt64/unit) {
		return 0, errDuration
	}
	return Duration(n) * Duration(unit), nil
}

func clock(text string) (Duration, error) {
	d, err := time.ParseDuration(text)
	if err != nil || d < 0 {
		return 0, errDuration
	}
	return Duration(d), nil
}

// Std returns the duration as the standard library's type.
func (d Duration) Std() time.Duration { return time.Duration(d) }

// String returns the shortest common form: 7d, 36h, 1h30m, 250ms.
func (d Duration) String() string {
	std := time.Duration(d)
	if std != 0 && std%day == 0 {
		return strconv.FormatInt(int64(std/day), 10) + "d"
	}
	text := std.String()
	if std%time.Minute == 0 && std != 0 {
		text = strings.TrimSuffix(text, "0s")
	}
	if std%time.Hour == 0 && std != 0 {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}

// MarshalText returns the form of String.
func (d Duration) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText accepts what ParseDuration accepts.
func (d *Duration) UnmarshalText(text []byte) error {
	parsed, err := ParseDuration(string(text))
	if err != nil {
		return err
	}
	*d = parsed
	return nil
}
