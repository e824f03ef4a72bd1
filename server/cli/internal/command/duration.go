package command

import (
	"github.com/spf13/pflag"

	"github.com/cardea-auth/cardea/server/config"
)

// DurationVar defines a flag for a duration in the form that settings have. What d is
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

// Set implements [pflag.Value].
func (f *durationFlag) Set(text string) error {
	return (*config.Duration)(f).UnmarshalText([]byte(text))
}

// Type implements [pflag.Value].
func (f *durationFlag) Type() string { return durationType }
