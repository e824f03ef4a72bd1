package manage

import (
	"fmt"
	"net/http"
	"net/url"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/printable"
)

// ActorHeader names who makes a change, query-escaped.
const ActorHeader = "Cardea-Actor"

// maxActor bounds the name of an actor, in bytes.
const maxActor = 128

// NamedActor trusts the request's [ActorHeader]: use it on sockets that only the operator
// can open. An actor has 1 to 128 printable bytes.
func NamedActor(r *http.Request) (string, error) {
	actor, err := url.QueryUnescape(r.Header.Get(ActorHeader))
	if err != nil || actor == "" || len(actor) > maxActor || printable.Text(actor) != actor {
		return "", api.E(api.Invalid, "", fmt.Sprintf("header %s must name who makes the change, in 1 to %d printable bytes", ActorHeader, maxActor))
	}
	return actor, nil
}

// asActor converts any name to a valid actor.
func asActor(name string) string {
	name = printable.Line(name)
	if len(name) > maxActor {
		name = name[:maxActor]
	}
	if name = printable.Text(name); len(name) > maxActor || name == "" {
		return "unnamed"
	}
	return name
}
