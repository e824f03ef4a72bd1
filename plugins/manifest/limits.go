package manifest

import (
	"cmp"
	"errors"
	"fmt"
	"time"

	"github.com/cardea-auth/cardea/plugins/abi"
)

// Limits bounds one plugin. The operator sets them; a manifest cannot. Zero means the
// default in brackets.
//
// Fuel bounds the compute time of one call, and Share that of all calls of the plugin.
// MemoryPages covers an instance's memory and the stack of its call; the stack may always
// use 1 MiB.
type Limits struct {
	ModuleBytes    int           // bytes of the module [abi.MaxModule]
	Functions      int           // functions of the module [abi.Functions]
	TableEntries   int           // entries of its tables [abi.TableEntries]
	MemoryPages    int           // memory and stack of an instance, in 64 KiB pages [abi.MemoryPages]
	HostCalls      int           // host calls in one hook call [abi.HostCalls]
	JournalEntries int           // changes in one hook call [abi.JournalEntries]
	JournalBytes   int           // bytes of their keys and values together [abi.JournalBytes]
	LogBytes       int           // bytes of log text in one hook call [abi.LogBytes]
	LogLines       int           // log lines per second, over all calls [abi.LogLines]
	Instances      int           // maximum number of instances [runtime.GOMAXPROCS; at least 8 if it calls kv or http]
	Fuel           int64         // units per hook call [abi.Fuel]
	StartFuel      int64         // units for _initialize, and again for configure [abi.StartFuel]
	Time           time.Duration // wall-clock time of one hook call, in addition to Deadline [abi.TimeMS]
	Share          int           // percent of all cores' time that its calls may use together [abi.SharePercent]
	Wait           time.Duration // how long a hook call waits for an instance [abi.WaitMS]
	Deadline       time.Duration // how long a hook call waits for kv and http [abi.DeadlineMS]
	Fetches        int           // requests in one hook call [abi.Fetches]
	FetchBytes     int           // bytes of a response body [abi.FetchBytes]
	KVEntries      int           // number of kv keys [abi.KVEntries]
	KVBytes        int           // bytes of their keys and values together [abi.KVBytes]
}

// WithDefaults returns the limits with zeros replaced by the defaults.
func (l Limits) WithDefaults() Limits {
	return Limits{
		ModuleBytes:    cmp.Or(l.ModuleBytes, abi.MaxModule),
		Functions:      cmp.Or(l.Functions, abi.Functions),
		TableEntries:   cmp.Or(l.TableEntries, abi.TableEntries),
		MemoryPages:    cmp.Or(l.MemoryPages, abi.MemoryPages),
		HostCalls:      cmp.Or(l.HostCalls, abi.HostCalls),
		JournalEntries: cmp.Or(l.JournalEntries, abi.JournalEntries),
		JournalBytes:   cmp.Or(l.JournalBytes, abi.JournalBytes),
		LogBytes:       cmp.Or(l.LogBytes, abi.LogBytes),
		LogLines:       cmp.Or(l.LogLines, abi.LogLines),
		Instances:      l.Instances,
		Fuel:           cmp.Or(l.Fuel, abi.Fuel),
		StartFuel:      cmp.Or(l.StartFuel, abi.StartFuel),
		Time:           cmp.Or(l.Time, abi.TimeMS*time.Millisecond),
		Share:          cmp.Or(l.Share, abi.SharePercent),
		Wait:           cmp.Or(l.Wait, abi.WaitMS*time.Millisecond),
		Deadline:       cmp.Or(l.Deadline, abi.DeadlineMS*time.Millisecond),
		Fetches:        cmp.Or(l.Fetches, abi.Fetches),
		FetchBytes:     cmp.Or(l.FetchBytes, abi.FetchBytes),
		KVEntries:      cmp.Or(l.KVEntries, abi.KVEntries),
		KVBytes:        cmp.Or(l.KVBytes, abi.KVBytes),
	}
}

// Check returns an error for limits that are negative or too large.
func (l Limits) Check() error {
	counts := min(l.ModuleBytes, l.Functions, l.TableEntries, l.MemoryPages, l.HostCalls, l.JournalEntries, l.JournalBytes, l.LogBytes, l.LogLines, l.Instances,
		l.Fetches, l.FetchBytes, l.KVEntries, l.KVBytes, l.Share)
	if counts < 0 || min(l.Fuel, l.StartFuel) < 0 || min(l.Wait, l.Deadline, l.Time) < 0 {
		return errors.New("limits: a limit is negative: omit it for the default")
	}
	if l.MemoryPages > maxPages {
		return fmt.Errorf("limits: %d memory pages, must be at most %d", l.MemoryPages, maxPages)
	}
	if l.Share > maxShare {
		return fmt.Errorf("limits: share is %d percent, must be at most %d", l.Share, maxShare)
	}
	return nil
}

// maxShare is all cores.
const maxShare = 100

// maxPages is 4 GiB, the maximum of a 32-bit memory.
const maxPages = 1 << 16
