package app

import (
	"log/slog"

	"go.uber.org/dig"
	"go.uber.org/fx/fxevent"
)

// events logs fx events: failures, and at debug level the duration of each part's start
// and stop.
type events struct{ log *slog.Logger }

// LogEvent implements [fxevent.Logger].
func (l events) LogEvent(e fxevent.Event) {
	switch e := e.(type) {
	case *fxevent.OnStartExecuted:
		l.hook("part started", e.CallerName, e.Runtime.String(), e.Err)
	case *fxevent.OnStopExecuted:
		l.hook("part stopped", e.CallerName, e.Runtime.String(), e.Err)
	case *fxevent.RollingBack:
		l.log.Error("start failed, stopping what had started", "error", e.StartErr)
	}
}

func (l events) hook(what, part, took string, err error) {
	if err != nil {
		l.log.Error(what+" with an error", "part", part, "error", err)
		return
	}
	l.log.Debug(what, "part", part, "took", took)
}

// rootCause removes the path through the dependency graph from an error, which names
// constructors and does not help an operator.
func rootCause(err error) error { return dig.RootCause(err) }
