package app

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/server/config"
	dialects "github.com/cardea-auth/cardea/server/dialect/all"
)

// given are values of a mount's settings that differ from the defaults. Add a line for a
// new setting of mounts.
func given() map[string]string {
	return map[string]string{
		"host": "shop.example", "aliases": "[www.shop.example]", "prefix": "/shop", "directory": "store", "accepts_from": "[other]",
		"issuer": `"https://other.example"`, "accept_issuers": `["https://old.example"]`, "secret": "0123456789abcdef0123456789abcdef", "allow_weak_secret": "true",
		"secret_previous": "fedcba9876543210fedcba9876543210", "secret_previous_until": "2099-01-31T18:00:00Z",
		"on_bad_token": "deny", "error_codes": "documented", "login_errors": "uniform", "claims": "exact",
		"access_life": "90m", "refresh_life": "3d", "refresh_grace": "30s", "rate_limit": "7", "foreign_tokens": "true", "bind_peer": "true", "mode": "basic",
		"cookie_same_site": "none", "cookie_secure": "true", "cookie_partitioned": "true",
		"login_names_only": "true", "header": "{name: X-Shop-Token}", "refuse_roles": "{login: [subscriber]}", "cors_origins": `["https://a.example"]`,
	}
}

// needs are the settings without which another one has no effect.
func needs() map[string]string {
	return map[string]string{
		"aliases": "host: shop.example", "allow_weak_secret": "secret: hunter2hunter2", "foreign_tokens": "secret: 0123456789abcdef0123456789abcdef",
		"secret_previous":       "secret: 0123456789abcdef0123456789abcdef, secret_previous_until: 2099-01-31T18:00:00Z",
		"secret_previous_until": "secret: 0123456789abcdef0123456789abcdef, secret_previous: fedcba9876543210fedcba9876543210",
	}
}

func names() []string {
	return []string{"cocart", "cocart1", "miniorange", "native", "usefulteam", "wpjwt", "wpjwtpro"}
}

// TestCheck_saidOnce: a setting that has no effect for two reasons is reported once.
func TestCheck_saidOnce(t *testing.T) {
	for _, mount := range []string{
		"dialect: wpjwtpro, foreign_tokens: true, claims: exact", "dialect: native, foreign_tokens: true, claims: exact",
		"dialect: native, allow_weak_secret: true", "dialect: usefulteam, foreign_tokens: true, claims: exact",
	} {
		_, _, err := tryLoadPlaced(t, "mounts: [{name: a, "+mount+"}]\n")
		bad, ok := errors.AsType[*config.Error](err)
		if !ok {
			t.Fatalf("%s: got %v, want a *config.Error", mount, err)
		}
		seen := map[string]bool{}
		for _, p := range bad.Problems {
			if seen[p.Place()] {
				t.Errorf("%s: %s is complained of twice: %v", mount, p.Place(), err)
			}
			seen[p.Place()] = true
		}
	}
}

// TestCheck_mountSettings: in each dialect, each setting of a mount has an effect or is
// refused with its place and what to do.
func TestCheck_mountSettings(t *testing.T) {
	values := given()
	everywhere := settingsOf(reflect.TypeFor[config.Mount]())
	for _, dialect := range names() {
		used := slices.Concat(everywhere, settingsOf(reflect.TypeOf(dialects.Types()[dialect])))
		for _, name := range used {
			if _, ok := values[name]; !ok && !slices.Contains([]string{"name", "dialect", "secret_file", "secret_previous_file"}, name) {
				t.Errorf("no value to try %s of %s with: add it to the table", name, dialect)
			}
		}
		for name, value := range values {
			t.Run(dialect+" "+name, func(t *testing.T) {
				tryMountSetting(t, dialect, name, value, slices.Contains(used, name))
			})
		}
	}
}

// settingsOf returns the keys of a struct's settings.
func settingsOf(t reflect.Type) (keys []string) {
	for i := range t.NumField() {
		switch key := t.Field(i).Tag.Get("yaml"); key {
		case "-":
		case ",inline":
			keys = append(keys, settingsOf(t.Field(i).Type)...)
		default:
			keys = append(keys, key)
		}
	}
	return keys
}

func tryMountSetting(t *testing.T, dialect, name, value string, used bool) {
	if dialect == "native" && name == "claims" {
		value = "{email: user.email}" // native accepts only a mapping
	}
	more := needs()[name]
	if dialect == "native" && strings.HasPrefix(more, "secret") {
		more = ""
	}
	if more != "" {
		more = ", " + more
	}
	if dialect == "miniorange" && (name == "login_names_only" || name == "refresh_grace") {
		more += ", refresh_life: 3d"
	}
	text := fmt.Sprintf(`server: {public_url: "https://gate.example"}
cors: {enabled: true, origins: ["https://b.example"]}
tokens: {sites: ["*"]}
methods: [{type: jwt}, {type: basic, sites: ["*"]}]
mounts:
  - {name: other, dialect: wpjwt, host: other.example, issuer: "https://third.example"}
  - {name: shop, dialect: %s, %s: %s%s}
`, dialect, name, value, more)
	cfg, prov, err := tryLoadPlaced(t, text)
	if err == nil {
		problems, _ := Examine(t.Context(), cfg, nil, ExamineOptions{Offline: true, Compiler: compiler, Now: time.Now()})
		prov.PlaceAll(problems)
		err = problems.Err()
	}
	if err != nil && strings.Count(err.Error(), "mounts[1]."+name+": ") > 1 {
		t.Errorf("%s is complained of twice: %v", name, err)
	}
	idle := dialect == "native" && name == "issuer" || // which is taken for the sake of old files
		dialect == "miniorange" && name == "accept_issuers" // whose tokens name none
	switch {
	case idle && (err == nil || !strings.Contains(err.Error(), "mounts[1]."+name+": has no effect with dialect "+dialect)):
		t.Errorf("%s has no effect in %s and is not refused in its place: %v", name, dialect, err)
	case used && !idle && err != nil:
		t.Errorf("%s is refused: %v", name, err)
	case !used && (err == nil || !strings.Contains(err.Error(), fmt.Sprintf("cardea.yaml:7:%d: mounts[1]: unknown key %q; it is a setting of the dialect ", len("  - {name: shop, dialect: , ")+len(dialect)+1, name))):
		t.Errorf("%s is not a setting of %s and is not refused in its place: %v", name, dialect, err)
	}
}
