package wordpress

import (
	"github.com/cardea-auth/cardea/core/api"
)

// Descriptions of a namespace and its routes, as WordPress generates them.

// index returns the answer to GET on the namespace itself, without its links. Clients detect
// a plugin by it.
func (n *Namespace) index() api.Claims {
	routes := []api.Claim{{Name: "/" + n.Name, Value: n.describe("")}}
	for _, path := range n.paths() {
		routes = append(routes, api.Claim{Name: "/" + n.Name + path, Value: n.describe(path)})
	}
	return api.NewClaims(
		api.Claim{Name: "namespace", Value: n.Name},
		api.Claim{Name: "routes", Value: api.NewClaims(routes...)},
	)
}

// describe returns the answer to OPTIONS for a path.
func (n *Namespace) describe(path string) api.Claims {
	var methods, endpoints []any
	for _, r := range n.described(path) {
		methods = append(methods, r.Method)
		endpoints = append(endpoints, api.NewClaims(
			api.Claim{Name: "methods", Value: []any{r.Method}},
			api.Claim{Name: "args", Value: arguments(r.Args)},
		))
	}
	return api.NewClaims(
		api.Claim{Name: "namespace", Value: n.Name},
		api.Claim{Name: "methods", Value: methods},
		api.Claim{Name: "endpoints", Value: endpoints},
		api.Claim{Name: "_links", Value: n.self(path)},
	)
}

func (n *Namespace) described(path string) []Route {
	if path == "" {
		return []Route{{Method: "GET", Args: api.NewClaims(
			argument("namespace", n.Name),
			argument("context", "view"),
		)}}
	}
	var list []Route
	for _, r := range n.at(path) {
		list = append(list, *r)
	}
	return list
}

func argument(name, standard string) api.Claim {
	return api.Claim{Name: name, Value: api.NewClaims(
		api.Claim{Name: "default", Value: standard},
		api.Claim{Name: "required", Value: false},
	)}
}

// arguments returns [] if there are none: PHP cannot tell an empty object from an empty
// list.
func arguments(args api.Claims) any {
	if args.Len() == 0 {
		return []any{}
	}
	return args
}

func (n *Namespace) self(path string) api.Claims {
	return link("self", n.Site.restURL("/"+n.Name+path))
}

func link(rel, href string) api.Claims {
	target := api.NewClaims(api.Claim{Name: "href", Value: href})
	return api.NewClaims(api.Claim{Name: rel, Value: []any{target}})
}
