package session

import (
	"strconv"
	"testing"
)

// TestTable_used: as keys come and go, a shard grows with the number of current keys, not
// with that of all keys so far.
func TestTable_used(t *testing.T) {
	table := newTable(0)
	for round := range uint32(20) {
		for i := range 640 {
			table.put(strconv.Itoa(i)+"/"+strconv.Itoa(int(round)), round, nil)
		}
		table.expire(round + 1)
	}
	for i := range table.shards {
		s := &table.shards[i]
		if s.used != 0 || s.slots.Load().mask+1 > firstSlots {
			t.Errorf("shard %d counts %d of none, in %d slots", i, s.used, s.slots.Load().mask+1)
		}
	}
}
