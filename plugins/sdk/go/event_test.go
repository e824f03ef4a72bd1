package hook

import (
	"testing"

	"github.com/cardea-auth/cardea/plugins/abi"
)

func TestToError(t *testing.T) {
	for result, want := range map[abi.Result]error{
		abi.OK: nil, abi.Absent: ErrAbsent, abi.NotGranted: ErrNotGranted, abi.BadArgument: ErrBadArgument, abi.TooLarge: ErrTooLarge,
		abi.Unavailable: ErrUnavailable, -6: ErrBadArgument, -8: ErrBadArgument, -1 << 31: ErrBadArgument, 1: ErrBadArgument, 1<<31 - 1: ErrBadArgument,
	} {
		if got := toError(result); got != want {
			t.Errorf("result %d: got %v, want %v", result, got, want)
		}
	}
}
