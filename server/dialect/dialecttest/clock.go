package dialecttest

import (
	"encoding/base64"
	"encoding/json"
	"strings"
	"sync/atomic"
	"time"
)

// clock is the engine's time, set for each row.
type clock struct{ seconds atomic.Int64 }

func (c *clock) now() time.Time { return time.Unix(c.seconds.Load(), 0) }

// moments returns when each row was recorded, as Unix times. Rows with a new token have
// its iat; the times of rows between them are interpolated.
func moments(rows []Row) []int64 {
	at := make([]int64, len(rows))
	last, known := 0, int64(0)
	for i, row := range rows {
		issued := issuedAt(row.Response.Body)
		if issued < known || issued == 0 {
			continue
		}
		if known == 0 {
			known = issued
		}
		for j := last; j <= i; j++ {
			at[j] = known + (issued-known)*int64(j-last)/int64(max(1, i-last))
		}
		last, known = i, issued
	}
	for j := last; j < len(rows); j++ {
		at[j] = known
	}
	return at
}

// issuedAt returns the latest iat of the tokens in a reply, 0 if there are none.
func issuedAt(body json.RawMessage) int64 {
	var reply any
	if json.Unmarshal(body, &reply) != nil {
		return 0
	}
	var found int64
	walk(reply, func(text string) {
		var claims struct{ IAT int64 }
		parts := strings.Split(text, ".")
		if len(parts) != 3 {
			return
		}
		raw, err := base64.RawURLEncoding.DecodeString(parts[1])
		if err == nil && json.Unmarshal(raw, &claims) == nil {
			found = max(found, claims.IAT)
		}
	})
	return found
}

// walk calls visit for every string in a JSON value.
func walk(v any, visit func(string)) {
	switch v := v.(type) {
	case string:
		visit(v)
	case []any:
		for _, item := range v {
			walk(item, visit)
		}
	case map[string]any:
		for _, item := range v {
			walk(item, visit)
		}
	}
}
