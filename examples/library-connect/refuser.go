package main

import (
	"errors"
	"net/http"

	"connectrpc.com/connect"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/server/httpauth"
)

// refuser writes refusals in the client's protocol: Connect, gRPC or gRPC-Web. Other
// clients get the guard's default response.
type refuser struct {
	plain  httpauth.Refuser
	errors *connect.ErrorWriter
}

func newRefuser(engine *core.Engine) refuser {
	return refuser{httpauth.Refuser{Via: engine}, connect.NewErrorWriter()}
}

func (f refuser) refuse(w http.ResponseWriter, r *http.Request, d core.Decision) {
	if !f.errors.IsSupported(r) {
		f.plain.Refuse(r.Context(), w, d, nil)
		return
	}
	for _, challenge := range d.Challenge {
		w.Header().Add("WWW-Authenticate", challenge)
	}
	f.errors.Write(w, r, connect.NewError(code(d.Err.Code), errors.New(d.Err.Public)))
}

func code(c api.Code) connect.Code {
	switch c {
	case api.Invalid:
		return connect.CodeInvalidArgument
	case api.Unauthenticated:
		return connect.CodeUnauthenticated
	case api.Denied:
		return connect.CodePermissionDenied
	case api.NotFound:
		return connect.CodeNotFound
	case api.Conflict:
		return connect.CodeAborted
	case api.Throttled:
		return connect.CodeResourceExhausted
	case api.Unavailable:
		return connect.CodeUnavailable
	}
	return connect.CodeInternal
}
