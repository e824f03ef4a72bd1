package wordpress

import (
	"encoding/json"
	"net/http"
	"regexp"
	"strings"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
)

// Bounds of a bulk call. WooCommerce's own limit is 100 parts unless a plugin changes it.
const (
	maxBulk      = 4 << 20 // bytes of the body
	maxBulkParts = 100
)

// bulk is a call of WooCommerce that creates, updates and deletes members of a collection. It
// does not hold requests, but does what POST to the collection does, and PUT and DELETE to
// its members.
type bulk struct {
	api, collection string            // such as /wp-json and /wc/v3/products
	path            string            // of the collection, as rules see it
	query           string            // of the call: WooCommerce hands it on to the parts
	parents         map[string]string // parameters in which a part names the parent, which WooCommerce reads, with the parent in the path
}

// bulkKinds are the lists in a bulk call.
var bulkKinds = [...]struct{ list, method string }{{"create", http.MethodPost}, {"update", http.MethodPut}, {"delete", http.MethodDelete}}

// bulkOf reports whether a meaning is a bulk call: .../batch in a namespace of WooCommerce or
// of one of its extensions. The batch of carts ("wc/store") is of another form, see isBatch.
func bulkOf(m route.Meaning, query string) (bulk, bool) {
	const last = "/batch"
	if m.Method != http.MethodPost && m.Method != http.MethodPut && m.Method != http.MethodPatch {
		return bulk{}, false
	}
	name := m.Name()
	folded := api.FoldASCII(name)
	collection, ok := strings.CutSuffix(folded, last)
	if !ok || !strings.HasPrefix(folded, "/wc/") && !strings.HasPrefix(folded, "/wc-") || strings.HasPrefix(folded, "/wc/store/") {
		return bulk{}, false
	}
	return bulk{
		api: m.API, collection: name[:len(collection)], path: m.Path[:len(m.Path)-len(last)],
		query: innerQuery(query), parents: parentsIn(collection),
	}, true
}

// parentsIn returns the ids in the path of a collection, by the parameter of the same
// meaning: a part with that parameter is for another parent, as in
// /wc/v3/products/7/variations/batch with product_id.
func parentsIn(collection string) map[string]string {
	out, segments := map[string]string{}, strings.Split(collection, "/")
	for i := 1; i < len(segments); i++ {
		switch before := segments[i-1]; {
		case before == "settings":
			out["group_id"] = segments[i]
		case strings.Trim(segments[i], "0123456789") == "":
			out[strings.TrimSuffix(before, "s")+"_id"] = segments[i]
		}
	}
	return out
}

// isUniform reports whether no rule or hook could refuse a part of the call.
func (b bulk) isUniform(a *api.Attempt, d *core.Decision) bool {
	for _, kind := range bulkKinds {
		if !d.AllowsBelow(a, kind.method, b.path) {
			return false
		}
	}
	return true
}

// parts returns what the call does, as requests of their own. The error is an [api.Error]
// (Invalid, bad_batch) for bodies that WooCommerce rejects or could read in another way.
func (b bulk) parts(body []byte) ([]route.Inner, error) {
	lists, err := listsOf(body)
	if err != nil {
		return nil, err
	}
	out, n := []route.Inner{}, 0
	for _, kind := range bulkKinds {
		list := lists[kind.list]
		if list == nil || string(list) == "null" {
			continue
		}
		whole := list.items(func(part value) bool {
			if n++; n > maxBulkParts {
				err = badBatch("the batch has too many parts")
				return false
			}
			var in route.Inner
			if in, err = b.part(kind.method, part); err == nil && (in.Method != http.MethodPost || len(out) == 0) {
				out = append(out, in) // one creation stands for all
			}
			return err == nil
		})
		switch {
		case err != nil:
			return nil, err
		case !whole:
			return nil, badBatch("what is to be created, updated or deleted in the batch is no list")
		}
	}
	return out, nil
}

// listsOf returns the last value of each list in a bulk call, as PHP does.
func listsOf(body []byte) (map[string]value, error) {
	if !json.Valid(body) || value(body).isDeep(maxDepth) {
		return nil, badBatch("the batch is not JSON, or nested too deeply")
	}
	lists, n := map[string]value{}, 0
	if !value(body).members(func(name string, of value) bool {
		lists[name] = of
		n++
		return n <= maxMembers
	}) {
		return nil, badBatch("the batch is no object, or has too many members")
	}
	return lists, nil
}

// part returns a part as a request: for the collection or a member.
func (b bulk) part(method string, part value) (route.Inner, error) {
	below, err := "", error(nil)
	switch method {
	case http.MethodPost:
		_, err = b.fieldsOf(part)
	case http.MethodPut:
		below, err = b.updated(part)
	case http.MethodDelete:
		below, err = idOf(part)
	}
	if err != nil {
		return route.Inner{}, err
	}
	target := route.EscapePath(b.api + b.collection + below)
	if b.query != "" {
		target += "?" + b.query
	}
	if len(target) > route.MaxTarget {
		return route.Inner{}, badBatch("the batch has a path and query that are too long for its parts")
	}
	return route.Inner{Method: method, Target: target}, nil
}

// fieldsOf returns the fields of an object by which WooCommerce finds what a part is for.
func (b bulk) fieldsOf(part value) (map[string]value, error) {
	fields := map[string]value{}
	if !part.members(func(name string, of value) bool {
		if _, isParent := b.parents[name]; isParent || name == "id" || name == "group_id" {
			fields[name] = of
		}
		return true
	}) {
		return nil, badBatch("a part of the batch is no object")
	}
	for name, parent := range b.parents {
		if of, ok := fields[name]; ok && !strings.EqualFold(of.plain(), parent) {
			return nil, badBatch("a part of the batch names another parent than its path does")
		}
	}
	return fields, nil
}

// updated returns the path of the member that a part changes, below the collection. Settings
// may also name their group.
func (b bulk) updated(part value) (below string, err error) {
	fields, err := b.fieldsOf(part)
	if err != nil {
		return "", err
	}
	if group, ok := fields["group_id"]; ok && strings.HasSuffix(b.path, "/settings") {
		if below, err = idOf(group); err != nil {
			return "", err
		}
	}
	id, err := idOf(fields["id"])
	return below + id, err
}

// Ids that PHP reads in one way: it takes the number at the beginning of a string, and 1 for
// a list.
var (
	plainNumber = regexp.MustCompile(`^[1-9][0-9]{0,17}$`)
	plainName   = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_.-]{0,199}$`)
)

// idOf returns an id, a number or string, as the end of a path.
func idOf(v value) (string, error) {
	id := string(v)
	if isText := v.isText(&id); plainNumber.MatchString(id) || isText && plainName.MatchString(id) {
		return "/" + id, nil
	}
	return "", badBatch("a part of the batch has no id, or one that can be read in several ways")
}
