//go:build unix

package wasm

import (
	"fmt"
	"os"
	"syscall"
)

// privateDir creates dir, or checks that only this user has access to it.
func privateDir(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	info, err := os.Stat(dir)
	if err != nil {
		return err
	}
	if info.Mode().Perm()&0o077 != 0 {
		return fmt.Errorf("%s holds native code and others can access it: chmod 700 %s", dir, dir)
	}
	if st, ok := info.Sys().(*syscall.Stat_t); ok && int(st.Uid) != os.Geteuid() {
		return fmt.Errorf("%s holds native code and belongs to user %d: change its owner to user %d, or choose another", dir, st.Uid, os.Geteuid())
	}
	return nil
}
