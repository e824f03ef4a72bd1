package manifest

import (
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/plugins/abi"
)

// TestLimits_check tests each limit below zero, and the two that have a maximum.
func TestLimits_check(t *testing.T) {
	for name, l := range map[string]Limits{
		"ModuleBytes": {ModuleBytes: -1}, "Functions": {Functions: -1}, "TableEntries": {TableEntries: -1}, "MemoryPages": {MemoryPages: -1}, "HostCalls": {HostCalls: -1}, "JournalEntries": {JournalEntries: -1}, "JournalBytes": {JournalBytes: -1},
		"LogBytes": {LogBytes: -1}, "LogLines": {LogLines: -1}, "Instances": {Instances: -1}, "Fuel": {Fuel: -1}, "StartFuel": {StartFuel: -1}, "Time": {Time: -1}, "Share": {Share: -1}, "Wait": {Wait: -1}, "Deadline": {Deadline: -1},
		"Fetches": {Fetches: -1}, "FetchBytes": {FetchBytes: -1}, "KVEntries": {KVEntries: -1}, "KVBytes": {KVBytes: -1}, "pages": {MemoryPages: 65537}, "share": {Share: 101},
	} {
		if err := l.Check(); err == nil || !strings.HasPrefix(err.Error(), "limits: ") {
			t.Errorf("%s: Check() = %v, want an error that begins with %q", name, err, "limits: ")
		}
	}
	most := Limits{ModuleBytes: 1, MemoryPages: 65536, Share: 100, Instances: 3}
	if err := most.Check(); err != nil || (Limits{}).Check() != nil {
		t.Errorf("Check() = %v, want no error for the highest limits and for none", err)
	}
	if got := most.WithDefaults(); got.MemoryPages != 65536 || got.Share != 100 || got.ModuleBytes != 1 || got.Instances != 3 || got.Fuel != abi.Fuel || got.Wait != abi.WaitMS*time.Millisecond {
		t.Errorf("WithDefaults() = %+v, want what was set, and defaults otherwise", got)
	}
}
