package command

import (
	"errors"
	"fmt"
	"strconv"

	"github.com/spf13/pflag"

	"github.com/cardea-auth/cardea/server/config"
)

// DurationVar defines a flag for a duration in the form of the settings, with a unit. The
// initial value of d is the default.
func DurationVar(flags *pflag.FlagSet, d *config.Duration, name, usage string) {
	flags.Var((*durationFlag)(d), name, usage)
}

// durationType is the name of the type in the help text.
const durationType = "duration"

type durationFlag config.Duration

// String implements [pflag.Value].
func (f *durationFlag) String() string {
	if *f == 0 {
		return ""
	}
	return config.Duration(*f).String()
}

// Set implements [pflag.Value]. A number without a unit, which means seconds in a file, is
// refused: --expires 90 may be meant as days.
func (f *durationFlag) Set(text string) error {
	if n, err := strconv.ParseUint(text, 10, 64); err == nil && n > 0 {
		return fmt.Errorf("has no unit: write %[1]ds for seconds, %[1]dm for minutes, %[1]dh for hours or %[1]dd for days", n)
	}
	if err := (*config.Duration)(f).UnmarshalText([]byte(text)); err != nil {
		return errors.New("is not a duration that can be used here: write it with a unit and without a sign, such as 90s, 15m, 2h or 7d")
	}
	return nil
}

// Type implements [pflag.Value].
func (f *durationFlag) Type() string { return durationType }
