//go:build unix

package files

import (
	"fmt"
	"os"
	"slices"
	"syscall"
)

// CheckPrivate returns an error if other users, or a group that is not the process's own,
// may write to the directory: they could replace keys and database.
func CheckPrivate(dir string) error {
	info, err := os.Stat(dir)
	if err != nil {
		return err
	}
	mode := info.Mode().Perm()
	if mode&0o002 != 0 {
		return fmt.Errorf("%s can be written by everybody on this machine: chmod 700 %s", dir, dir)
	}
	st, ok := info.Sys().(*syscall.Stat_t)
	if ok && mode&0o020 != 0 && !isOwnGroup(int(st.Gid)) {
		return fmt.Errorf("%s can be written by group %d, which is not this process's: chmod g-w %s", dir, st.Gid, dir)
	}
	return nil
}

func isOwnGroup(gid int) bool {
	if gid == os.Getegid() {
		return true
	}
	groups, err := os.Getgroups()
	return err == nil && slices.Contains(groups, gid)
}
