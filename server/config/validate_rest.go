package config

import (
	"slices"

	"github.com/cardea-auth/cardea/server/config/internal/form"
	"github.com/cardea-auth/cardea/server/config/internal/tree"
	"github.com/cardea-auth/cardea/server/wordpress"
)

// maxRESTPaths bounds rest_path, since paths are compared with every entry.
const maxRESTPaths = 32

func (k siteChecker) restPaths(key string, list Texts, kind string) {
	if kind == "other" && !slices.Equal(list, Upstream{}.WithDefaults().RESTPath) {
		k.add(key, "has no effect with kind other: remove it")
		return
	}
	if len(list) > maxRESTPaths {
		k.add(key, "has %d paths: at most %d are read", len(list), maxRESTPaths)
		return
	}
	for i, path := range list {
		if len(list) == 1 {
			k.complain(key, form.BadRESTPath(path))
			return
		}
		k.complain(tree.Item(key, i), form.BadRESTPath(path))
		if slices.Index(list, path) < i {
			k.add(tree.Item(key, i), "%s is in the list already: remove one", tree.Quote(path))
		}
	}
}

func (k siteChecker) pathInfo(key string, u Upstream) {
	if len(u.PathInfo) > 0 && u.Kind == "other" {
		k.add(key, "has no effect with kind other: remove it")
	}
	for i, script := range u.PathInfo {
		switch bad := form.BadPrefix(script); {
		case bad != "":
			k.add(tree.Item(key, i), "%s", bad)
		case !wordpress.IsScript(script):
			k.add(tree.Item(key, i), "%s is not a PHP script, so it has no effect: write the whole path of one, such as /wp-content/plugins/x/api.php", tree.Quote(script))
		}
	}
}
