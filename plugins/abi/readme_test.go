package abi

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the tables of ../README.md anew")

const readme = "../README.md"

// TestReadme compares the tables in the authors' README with the code.
func TestReadme(t *testing.T) {
	old, err := os.ReadFile(readme)
	if err != nil {
		t.Fatal(err)
	}
	text := string(old)
	for name, table := range map[string]string{"imports": importTable(), "catalogue": catalogue(), "limits": limitTable()} {
		if text, err = replaceTable(text, name, table); err != nil {
			t.Fatal(err)
		}
	}
	if text == string(old) {
		return
	}
	if !*update {
		t.Fatalf("the tables of %s are not what the code says: go test ./plugins/abi -update", readme)
	}
	if err := os.WriteFile(readme, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func replaceTable(text, name, table string) (string, error) {
	begin, end := "<!-- "+name+": from the code -->\n", "<!-- end of "+name+" -->"
	head, rest, ok := strings.Cut(text, begin)
	_, tail, ended := strings.Cut(rest, end)
	if !ok || !ended {
		return "", fmt.Errorf("%s has no place for %s", readme, name)
	}
	return head + begin + table + end + tail, nil
}

// does describes each import with its arguments in order.
var does = map[string]string{
	"get":         "key; buffer → length. Text as it is, integers in decimal, the rest as JSON",
	"get_i64":     "key; where to write the result → the integer",
	"set":         "key; text. The key's type says how it is read",
	"set_i64":     "key; integer",
	"set_json":    "key; JSON text",
	"del":         "key: removes a member of a family",
	"keys":        "prefix; buffer → length. Each present key, followed by a zero byte",
	"get_all":     "prefix; buffer → length. Each present field as a record: u8 type (0 text, 1 i64, 2 JSON), u8 0, u16 length of the key, u32 length of the value, key, value; little-endian",
	"deny":        "kind (0 forbidden, 1 unauthenticated, 2 malformed, 3 throttled); text for the client. Return status 2 afterwards",
	"fail":        "text for the log. Return a status below zero afterwards",
	"log":         "level (0 debug, 1 info, 2 warn, 3 error); text",
	"log_enabled": "level → 1 if such lines are kept",
	"config_get":  "key; buffer → length",
	"secret_get":  "name; buffer → length. Grant `secrets`",
	"kv_get":      "key; buffer → length. Grant `kv`, as the next two",
	"kv_put":      "key; value; seconds to live",
	"kv_incr":     "key; amount; seconds to live if it is new; where to write the result → the sum",
	"http_fetch":  "request; buffer → length of the response. Grant `http`",
	"random":      "buffer to fill",
	"metric_add":  "name; amount",
	"now_ms":      "→ milliseconds since 1970",
}

func importTable() string {
	var b strings.Builder
	b.WriteString("| import | signature | what it does |\n|---|---|---|\n")
	for _, i := range Imports() {
		fmt.Fprintf(&b, "| `%s` | `%s` | %s |\n", i.Name, i.Signature(), does[i.Name])
	}
	return b.String()
}

func catalogue() string {
	var b strings.Builder
	b.WriteString("| point | when it breaks | may change | may read besides |\n|---|---|---|---|\n")
	for _, p := range Points() {
		if !p.Filter {
			continue
		}
		breaks := "deny"
		if p.Enrich {
			breaks = "skip"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", p.Name, breaks, keyList(p, true), keyList(p, false))
	}
	var events []string
	for _, p := range Points() {
		if !p.Filter {
			events = append(events, "`"+p.Name+"`")
		}
	}
	last := Points()[len(Points())-1]
	fmt.Fprintf(&b, "\nEvents: %s. Hooks receive them and cannot change anything; each has %s.\n\n", strings.Join(events, " "), keyList(last, false))
	fmt.Fprintf(&b, "*user* is %s; *request* is %s.\n", types(userKeys(false), true), types(requestKeys(), true))
	return b.String()
}

// keyList lists the keys that can be changed, or those that cannot, with the two common
// groups under their names.
func keyList(p Point, writable bool) string {
	var list []Key
	groups := map[string]bool{}
	for _, k := range p.Keys {
		group, _, _ := strings.Cut(k.Name, ".")
		switch {
		case k.Write != writable:
		case !writable && (group == "user" || group == "req"):
			groups[group] = true
		default:
			list = append(list, k)
		}
	}
	text := types(list, false)
	for _, group := range []struct{ key, name string }{{"user", "*user*"}, {"req", "*request*"}} {
		if groups[group.key] {
			text = strings.TrimPrefix(text+", "+group.name, ", ")
		}
	}
	if text == "" && writable {
		return "nothing: it allows or refuses"
	}
	return text
}

func types(list []Key, plain bool) string {
	var parts []string
	for _, k := range list {
		text := "`" + k.Name + "`"
		if k.Type != Text {
			text += " " + k.Type.String()
		}
		if k.Wants != "" && !plain {
			text += " (more only with `" + k.Wants + "`)"
		}
		if k.Named && !plain {
			text += " (each granted by name)"
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, ", ")
}

// limitTable lists every limit that an author may encounter, with its reason.
func limitTable() string {
	var b strings.Builder
	b.WriteString("| limit | default | why |\n|---|---|---|\n")
	for _, l := range []struct {
		name  string
		value int
		why   string
	}{
		{"fuel of one call", Fuel, "an endless loop is stopped after 15 to 50 ms; a garbage collection waits for at most 1,000 units. A typical hook uses hundreds to thousands"},
		{"milliseconds of one call by the clock", TimeMS, "memory loads that miss every cache take a hundred times as long as additions, and use the same fuel"},
		{"percent of all cores' time for all calls of a plugin", SharePercent, "a plugin that uses the CPU all the time leaves capacity for other requests"},
		{"fuel of `_initialize` and of `configure`", StartFuel, "starting a Go guest uses 300,000"},
		{"host calls of one call", HostCalls, "each costs the host 0.1 to 0.2 us in addition to the fuel it uses"},
		{"bytes that a host call reads or writes for one unit of fuel", FuelBytes, "the host copies the bytes, and the guest pays for it"},
		{"fuel for each byte of JSON that is set", FuelJSON, "the host parses the JSON and checks it for duplicate names, which takes up to 0.2 us for each byte"},
		{"fuel for each byte of a request", FuelRequest, "the host parses it line by line"},
		{"fuel for each key that `keys` and `get_all` look at", FuelName, "plus one for each change made so far, because the key is compared with each"},
		{"memory, pages of 64 KiB", MemoryPages, "includes the stack of a call; a Go guest with encoding/json grows to 8 MiB. The limit applies to each instance: by default one for each core, and at least 8 if the plugin uses kv or http (limits.instances)"},
		{"module, bytes", MaxModule, "compiling takes one second for each 2 MB, once; a Go guest has 1.8 MB, with encoding/json 3.3 MB"},
		{"bytes of the name of an import or export", NameBytes, "error messages contain it"},
		{"parameters of a function, and results", Values, "each call has them in its stack frame"},
		{"functions", Functions, "a Go guest has 1,700"},
		{"table entries", TableEntries, "the memory limit does not cover tables"},
		{"changes of one call", JournalEntries, "tokens and headers hold few values"},
		{"their bytes together", JournalBytes, "tokens are sent in headers, which servers limit to 8 to 16 KiB"},
		{"bytes of a key", MaxKey, "keys are short names"},
		{"bytes of a value", MaxValue, "half of the total for one call"},
		{"bytes of log text of one call", LogBytes, "a client must not be able to fill the disk with log text"},
		{"log lines in one second", LogLines, "many clients must not be able to, either: further lines are dropped, and the log contains their number"},
		{"bytes of a refusal's text", MaxPublicText, "one sentence, for a header or a JSON field"},
		{"milliseconds of waiting for an instance", WaitMS, "a plugin whose calls wait longer is too slow"},
		{"milliseconds of a call with `kv` or `http`", DeadlineMS, "a user waits for the login during the call"},
		{"requests of one call", Fetches, "one request and one retry"},
		{"bytes of a response", FetchBytes, "it must fit into the guest's memory"},
		{"kv entries of a plugin", KVEntries, "kv is for counters and caches; writes above the quota are rejected"},
		{"kv bytes of a plugin", KVBytes, "the same"},
		{"seconds that a kv entry lives", MaxTTL, "entries that are not renewed expire"},
		{"metric names of a plugin", MaxMetrics, "each is a time series that the monitoring system stores"},
	} {
		fmt.Fprintf(&b, "| %s | %s | %s |\n", l.name, digits(l.value), l.why)
	}
	return b.String()
}

// digits writes n with commas.
func digits(n int) string {
	text := fmt.Sprint(n)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}

// TestReadme_complete: every import has a description.
func TestReadme_complete(t *testing.T) {
	for _, i := range Imports() {
		if does[i.Name] == "" {
			t.Errorf("%s is not described", i.Name)
		}
	}
}
