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
	// Defaults is the setup of vectors that do not say otherwise, member by member.
	Defaults Setup    `json:"defaults,omitzero"`
	Vectors  []Vector `json:"vectors"`
}

// Vector is one call of a hook and what shall come of it.
type Vector struct {
	Name  string `json:"name"`  // what it shows; unique in its file
	Point string `json:"point"` // such as token-claims
	// Event holds the point's keys and their values; those that are left out are
	// absent. Of lifetime and exp one suffices.
	Event Fields `json:"event,omitempty"`
	Setup
	// KV is what the plugin has kept already, and HTTP what answers its requests:
	// the first unused exchange whose request is the same.
	KV   map[string]string `json:"kv,omitempty"`
	HTTP []Exchange        `json:"http,omitempty"`
	Want Want              `json:"want"`
}

// Exchange is a request that the plugin may make, and its answer.
type Exchange struct {
	Request  string            `json:"request"`            // such as "GET https://api.example.com/v1/users/7"
	Headers  map[string]string `json:"headers,omitempty"`  // that the request must have
	Body     *string           `json:"body,omitempty"`     // that the request must have
	Status   int               `json:"status,omitempty"`   // 0 is 200
	Answer   map[string]string `json:"answer,omitempty"`   // headers of the response
	Response string            `json:"response,omitempty"` // its body
	Fails    bool              `json:"fails,omitempty"`    // nobody answers
}

// Setup is what surrounds the call.
type Setup struct {
	Grants  *manifest.Grants           `json:"grants,omitempty"`  // without them, all that the manifest asks for
	Config  map[string]json.RawMessage `json:"config,omitempty"`  // lists and objects reach the guest as JSON text
	Secrets map[string]string          `json:"secrets,omitempty"` // by name; they still need a grant
	Clock   *time.Time                 `json:"clock,omitempty"`   // what now_ms answers; without it 2026-01-01T00:00:00Z
	Seed    *int64                     `json:"seed,omitempty"`    // of what random answers; without it 1
}

// Want is what shall come of a call. Whatever is left out is not looked at,
// except the journal: changes that nobody expects are a mistake.
type Want struct {
	Status  string   `json:"status,omitempty"`  // continue, stop, refuse, not_applicable or fault; "" is continue
	Journal Fields   `json:"journal,omitempty"` // the changes that count, null for a deletion
	Refusal *Refusal `json:"refusal,omitempty"` // with status refuse
	Fault   string   `json:"fault,omitempty"`   // with status fault: its class, such as fuel or reported
	Error   string   `json:"error,omitempty"`   // with status fault: part of its text
	// LoadError is part of the text with which the plugin refuses to load, for
	// vectors about its configuration. The other members are then empty.
	LoadError string             `json:"load_error,omitempty"`
	Log       []string           `json:"log,omitempty"`      // the lines that the hook logs
	KV        map[string]*string `json:"kv,omitempty"`       // what it keeps afterwards, null for what it does not
	Metrics   map[string]int64   `json:"metrics,omitempty"`  // what it counts, added up
	Requests  []string           `json:"requests,omitempty"` // the requests that it makes, in their order
	MaxFuel   int64              `json:"max_fuel,omitempty"` // the most that the call may burn
}

// Refusal is what the client is told.
type Refusal struct {
	Code   string `json:"code,omitempty"`   // denied, unauthenticated, invalid or throttled
	Public string `json:"public,omitempty"` // the sentence
}

// The values of [Want.Status].
const (
	Continue      = "continue"
	Stop          = "stop"
	Refuse        = "refuse"
	NotApplicable = "not_applicable"
	Fault         = "fault"
)

// ConfigText is the configuration as the host hands it to guests: scalars as text,
// lists and objects as JSON.
func (s Setup) ConfigText() map[string]string {
	out := map[string]string{}
	for _, key := range slices.Sorted(maps.Keys(s.Config)) {
		out[key] = scalar(s.Config[key])
	}
	return out
}

// scalar returns a JSON text's string, or the compact text itself.
func scalar(raw json.RawMessage) string {
	var text string
	if json.Unmarshal(raw, &text) == nil && raw[0] == '"' {
		return text
	}
	return compact(raw)
}
