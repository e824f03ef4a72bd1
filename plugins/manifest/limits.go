package manifest

import (
	"cmp"
	"errors"
	"fmt"
	"time"

	"github.com/cardea-auth/cardea/plugins/abi"
)

// Limits bounds one plugin. They are the operator's: no manifest asks for them. Zero
// means the default in brackets.
//
// Fuel bounds a call's time, and Share that of all calls of the plugin. MemoryPages
// covers an instance's memory and the stack of its call, which may take 1 MiB in any
// case.
type Limits struct {
	ModuleBytes    int           // size of the module [abi.MaxModule]
	Functions      int           // functions of the module [abi.Functions]
	TableEntries   int           // entries of its tables [abi.TableEntries]
	MemoryPages    int           // memory of an instance with its stack, in 64 KiB pages [abi.MemoryPages]
	HostCalls      int           // host calls in one call [abi.HostCalls]
	JournalEntries int           // changes in one call [abi.JournalEntries]
	JournalBytes   int           // their keys and values together [abi.JournalBytes]
	LogBytes       int           // log text of one call [abi.LogBytes]
	LogLines       int           // log lines in one second, of all calls [abi.LogLines]
	Instances      int           // instances that exist at a time [runtime.GOMAXPROCS; at least 8 if it calls kv or http]
	Fuel           int64         // one call [abi.Fuel]
	StartFuel      int64         // _initialize, and configure again [abi.StartFuel]
	Time           time.Duration // one call by the clock, besides Deadline [abi.TimeMS]
	Share          int           // of all cores' time, what its calls may take together, in percent [abi.SharePercent]
	Wait           time.Duration // how long a call waits for an instance [abi.WaitMS]
	Deadline       time.Duration // how long a call waits for others, kv and http [abi.DeadlineMS]
	Fetches        int           // requests of one call [abi.Fetches]
	FetchBytes     int           // body of a response [abi.FetchBytes]
	KVEntries      int           // keys that it keeps [abi.KVEntries]
	KVBytes        int           // their keys and values together [abi.KVBytes]
}

// WithDefaults returns the limits with the defaults in place of zeros.
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

// Check reports limits that are below zero or above what there can be.
func (l Limits) Check() error {
	counts := min(l.ModuleBytes, l.Functions, l.TableEntries, l.MemoryPages, l.HostCalls, l.JournalEntries, l.JournalBytes, l.LogBytes, l.LogLines, l.Instances,
		l.Fetches, l.FetchBytes, l.KVEntries, l.KVBytes, l.Share)
	if counts < 0 || min(l.Fuel, l.StartFuel) < 0 || min(l.Wait, l.Deadline, l.Time) < 0 {
		return errors.New("limits: a limit below zero; leave it out for the default")
	}
	if l.MemoryPages > maxPages {
		return fmt.Errorf("limits: %d memory pages, there are at most %d", l.MemoryPages, maxPages)
	}
	if l.Share > maxShare {
		return fmt.Errorf("limits: a share of %d percent, there are at most %d", l.Share, maxShare)
	}
	return nil
}

// maxShare is all of the machine.
const maxShare = 100

// maxPages is 4 GiB, all that a 32-bit memory can have.
const maxPages = 1 << 16
