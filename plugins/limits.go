package plugins

import (
	"cmp"
	"errors"
	"fmt"
	"runtime"
	"time"

	"github.com/cardea-auth/cardea/plugins/abi"
)

// Limits bounds one plugin. Zero means the default in brackets.
type Limits struct {
	ModuleBytes    int           // size of the module [abi.MaxModule]
	MemoryPages    int           // linear memory of an instance, in 64 KiB pages [abi.MemoryPages]
	HostCalls      int           // host calls in one call [abi.HostCalls]
	JournalEntries int           // changes in one call [abi.JournalEntries]
	JournalBytes   int           // their keys and values together [abi.JournalBytes]
	LogBytes       int           // log text of one call [abi.LogBytes]
	Instances      int           // instances that exist at a time [runtime.GOMAXPROCS]
	Deadline       time.Duration // one call, waiting for an instance included [abi.DeadlineMS]
	StartDeadline  time.Duration // instantiating and configuring [abi.StartDeadlineMS]
}

func (l Limits) withDefaults() Limits {
	return Limits{
		ModuleBytes:    cmp.Or(l.ModuleBytes, abi.MaxModule),
		MemoryPages:    cmp.Or(l.MemoryPages, abi.MemoryPages),
		HostCalls:      cmp.Or(l.HostCalls, abi.HostCalls),
		JournalEntries: cmp.Or(l.JournalEntries, abi.JournalEntries),
		JournalBytes:   cmp.Or(l.JournalBytes, abi.JournalBytes),
		LogBytes:       cmp.Or(l.LogBytes, abi.LogBytes),
		Instances:      cmp.Or(l.Instances, runtime.GOMAXPROCS(0)),
		Deadline:       cmp.Or(l.Deadline, abi.DeadlineMS*time.Millisecond),
		StartDeadline:  cmp.Or(l.StartDeadline, abi.StartDeadlineMS*time.Millisecond),
	}
}

func (l Limits) check() error {
	if min(l.ModuleBytes, l.MemoryPages, l.HostCalls, l.JournalEntries, l.JournalBytes, l.LogBytes, l.Instances) < 0 ||
		min(l.Deadline, l.StartDeadline) < 0 {
		return errors.New("limits: a limit below zero; leave it out for the default")
	}
	if l.MemoryPages > maxPages {
		return fmt.Errorf("limits: %d memory pages, there are at most %d", l.MemoryPages, maxPages)
	}
	return nil
}

// maxPages is 4 GiB, all that a 32-bit memory can have.
const maxPages = 1 << 16
