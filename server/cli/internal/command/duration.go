package command

import (
	"fmt"
	"strconv"

	"github.com/spf13/pflag"

	"github.com/cardea-auth/cardea/server/config"
)

// DurationVar defines a flag for a duration in the form that settings have, with a unit. What d is
// before is the default.
func DurationVar(flags *pflag.FlagSet, d *config.Duration, name, usage string) {
	flags.Var((*durationFlag)(d), name, usage)
}

// durationType is what help says of such a flag.
const durationType = "duration"

type durationFlag config.Duration

// String implements [pflag.Value].
func (f *durationFlag) String() string {
	if *f == 0 {
		return ""
	}
	return config.Duration(*f).String()
}

// Set implements [pflag.Value]. A number alone, which a file may have for seconds, is
// refused: who types --expires 90 may mean days.
func (f *durationFlag) Set(text string) error {
	if n, err := strconv.ParseUint(text, 10, 64); err == nil && n > 0 {
		return fmt.Errorf("has no unit: write %[1]ds for seconds, %[1]dm for minutes, %[1]dh for hours or %[1]dd for days", n)
	}
	return (*config.Duration)(f).UnmarshalText([]byte(text))
}

// Type implements [pflag.Value].
func (f *durationFlag) Type() string { return durationType }
