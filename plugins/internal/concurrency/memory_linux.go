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

// usableMemory returns the bytes of memory that this process may use, 0 if unknown: the
// machine's memory, or the limit of its control group if that is lower.
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

// groupMemory returns the lowest limit of the process's control groups and their parents,
// [math.MaxInt64] if there is none.
func groupMemory(root fs.FS) int64 {
	limit := int64(math.MaxInt64)
	text, _ := fs.ReadFile(root, "proc/self/cgroup") // empty if it cannot be read: no limit
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

// groupLimit checks a group and its parents up to the mount. In a container the group's
// path may be the host's, and the mount is the group.
func groupLimit(root fs.FS, mount, group, file string) int64 {
	limit := int64(math.MaxInt64)
	for at := path.Clean("/" + group); ; at = path.Dir(at) {
		text, _ := fs.ReadFile(root, path.Join(mount, at, file)) // "max" (no limit) does not parse
		if n, err := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64); err == nil && n > 0 {
			limit = min(limit, n)
		}
		if at == "/" {
			return limit
		}
	}
}
