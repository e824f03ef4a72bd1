package plugintest

import (
	"encoding/json"
	"maps"
	"slices"
	"time"

	"github.com/cardea-auth/cardea/plugins/manifest"
)

// File is a file of vectors.
type File struct {
	// Defaults is the setup for members that a vector omits.
	Defaults Setup    `json:"defaults,omitzero"`
	Vectors  []Vector `json:"vectors"`
}

// Vector is one call of a hook and its expected result.
type Vector struct {
	Name  string `json:"name"`  // what it tests; unique in its file
	Point string `json:"point"` // such as token-claims
	// Event holds the point's keys and values; omitted keys are absent. One of lifetime
	// and exp is enough.
	Event Fields `json:"event,omitempty"`
	Setup
	// KV holds the plugin's kv entries before the call. HTTP holds the answers to its
	// requests: the first unused exchange with the same request is used.
	KV   map[string]string `json:"kv,omitempty"`
	HTTP []Exchange        `json:"http,omitempty"`
	Want Want              `json:"want"`
}

// Exchange is a request that the plugin may make, and its response.
type Exchange struct {
	Request  string            `json:"request"`            // such as "GET https://api.example.com/v1/users/7"
	Headers  map[string]string `json:"headers,omitempty"`  // required request headers
	Body     *string           `json:"body,omitempty"`     // required request body
	Status   int               `json:"status,omitempty"`   // 0 is 200
	Answer   map[string]string `json:"answer,omitempty"`   // headers of the response
	Response string            `json:"response,omitempty"` // its body
	Fails    bool              `json:"fails,omitempty"`    // the request fails
}

// Setup is the environment of the call.
type Setup struct {
	Grants  *manifest.Grants           `json:"grants,omitempty"`  // default: all that the manifest requests
	Config  map[string]json.RawMessage `json:"config,omitempty"`  // the guest gets lists and objects as JSON
	Secrets map[string]string          `json:"secrets,omitempty"` // by name; reading them still needs a grant
	Clock   *time.Time                 `json:"clock,omitempty"`   // the time of now_ms; default 2026-01-01T00:00:00Z
	Seed    *int64                     `json:"seed,omitempty"`    // the seed of random; default 1
}

// Want is the expected result of a call. Omitted members are not checked, except the
// journal: unexpected changes are always a problem.
type Want struct {
	Status  string   `json:"status,omitempty"`  // continue, stop, refuse, not_applicable or fault; "" is continue
	Journal Fields   `json:"journal,omitempty"` // the changes that are kept, null for a deletion
	Refusal *Refusal `json:"refusal,omitempty"` // with status refuse
	Fault   string   `json:"fault,omitempty"`   // with status fault: its class, such as fuel or reported
	Error   string   `json:"error,omitempty"`   // with status fault: part of its text
	// LoadError is part of the error when the plugin refuses to load, for vectors about
	// its configuration. The other members are then empty.
	LoadError string             `json:"load_error,omitempty"`
	Log       []string           `json:"log,omitempty"`      // the hook's log lines
	KV        map[string]*string `json:"kv,omitempty"`       // kv entries after the call, null for absent ones
	Metrics   map[string]int64   `json:"metrics,omitempty"`  // metrics, added up
	Requests  []string           `json:"requests,omitempty"` // requests in order
	MaxFuel   int64              `json:"max_fuel,omitempty"` // maximum fuel of the call
}

// Refusal is what the client sees.
type Refusal struct {
	Code   string `json:"code,omitempty"`   // denied, unauthenticated, invalid or throttled
	Public string `json:"public,omitempty"` // the message
}

// The values of [Want.Status].
const (
	Continue      = "continue"
	Stop          = "stop"
	Refuse        = "refuse"
	NotApplicable = "not_applicable"
	Fault         = "fault"
)

// ConfigText returns the configuration as guests get it: scalars as strings, lists and
// objects as JSON.
func (s Setup) ConfigText() map[string]string {
	out := map[string]string{}
	for _, key := range slices.Sorted(maps.Keys(s.Config)) {
		out[key] = scalar(s.Config[key])
	}
	return out
}

// scalar returns the value of a JSON string, or other JSON in compact form.
func scalar(raw json.RawMessage) string {
	var text string
	if json.Unmarshal(raw, &text) == nil && raw[0] == '"' {
		return text
	}
	return compact(raw)
}
