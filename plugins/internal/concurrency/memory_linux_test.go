package concurrency

import (
	"math"
	"testing"
	"testing/fstest"
)

// TestGroupMemory returns the lowest memory limit of the process's control groups.
func TestGroupMemory(t *testing.T) {
	for _, test := range []struct {
		name  string
		files map[string]string
		want  int64
	}{
		{"none", nil, math.MaxInt64},
		{"version 2", map[string]string{"proc/self/cgroup": "0::/app.slice/cardea\n", "sys/fs/cgroup/app.slice/cardea/memory.max": "536870912\n"}, 512 << 20},
		{"around it", map[string]string{
			"proc/self/cgroup": "0::/app.slice/cardea\n", "sys/fs/cgroup/app.slice/cardea/memory.max": "max\n", "sys/fs/cgroup/app.slice/memory.max": "268435456\n",
		}, 256 << 20},
		{"a container", map[string]string{"proc/self/cgroup": "0::/\n", "sys/fs/cgroup/memory.max": "1073741824\n"}, 1 << 30},
		{"no limit", map[string]string{"proc/self/cgroup": "0::/\n", "sys/fs/cgroup/memory.max": "max\n"}, math.MaxInt64},
		{"version 1", map[string]string{
			"proc/self/cgroup": "12:cpu,cpuacct:/x\n5:hugetlb,memory:/docker/1f\n0::/\n", "sys/fs/cgroup/memory/docker/1f/memory.limit_in_bytes": "134217728\n",
		}, 128 << 20},
		{"version 1 in a container", map[string]string{
			"proc/self/cgroup": "5:memory:/docker/1f\n", "sys/fs/cgroup/memory/memory.limit_in_bytes": "134217728\n",
		}, 128 << 20},
		{"another controller", map[string]string{"proc/self/cgroup": "5:memoryx:/a\n", "sys/fs/cgroup/memory/a/memory.limit_in_bytes": "1\n"}, math.MaxInt64},
		{"out of the mount", map[string]string{"proc/self/cgroup": "0::/../../a\n", "sys/fs/cgroup/a/memory.max": "4096\n"}, 4096},
		{"nonsense", map[string]string{"proc/self/cgroup": "memory\n::\n0::/\n", "sys/fs/cgroup/memory.max": "-1\n"}, math.MaxInt64},
	} {
		root := fstest.MapFS{}
		for name, text := range test.files {
			root[name] = &fstest.MapFile{Data: []byte(text)}
		}
		if got := groupMemory(root); got != test.want {
			t.Errorf("%s: %d, want %d", test.name, got, test.want)
		}
	}
}
