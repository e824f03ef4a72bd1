package concurrency

import (
	"io/fs"
	"math"
	"os"
	"path"
	"strconv"
	"strings"
	"syscall"
)

// usableMemory returns the bytes of memory that this process may use, 0 if it is
// not known: the machine's, or less in a control group with a limit.
func usableMemory() int64 {
	limit := groupMemory(os.DirFS("/"))
	var info syscall.Sysinfo_t
	if syscall.Sysinfo(&info) == nil {
		limit = min(limit, int64(uint64(info.Totalram)*uint64(info.Unit)))
	}
	if limit == math.MaxInt64 {
		return 0
	}
	return limit
}

// groupMemory returns the least limit of the process's control groups and of those
// around them, [math.MaxInt64] without one.
func groupMemory(root fs.FS) int64 {
	limit := int64(math.MaxInt64)
	text, _ := fs.ReadFile(root, "proc/self/cgroup") // without it there is nothing below
	for line := range strings.Lines(string(text)) {
		// hierarchy:controllers:path; version 2 has neither number nor controllers.
		_, rest, _ := strings.Cut(strings.TrimSpace(line), ":")
		controllers, group, _ := strings.Cut(rest, ":")
		switch {
		case controllers == "":
			limit = min(limit, groupLimit(root, "sys/fs/cgroup", group, "memory.max"))
		case strings.Contains(","+controllers+",", ",memory,"):
			limit = min(limit, groupLimit(root, "sys/fs/cgroup/memory", group, "memory.limit_in_bytes"))
		}
	}
	return limit
}

// groupLimit looks from a group up to the mount. In a container the group's own path
// may be the host's, and the mount is the group.
func groupLimit(root fs.FS, mount, group, file string) int64 {
	limit := int64(math.MaxInt64)
	for at := path.Clean("/" + group); ; at = path.Dir(at) {
		text, _ := fs.ReadFile(root, path.Join(mount, at, file)) // "max" says that there is none, too
		if n, err := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64); err == nil && n > 0 {
			limit = min(limit, n)
		}
		if at == "/" {
			return limit
		}
	}
}
