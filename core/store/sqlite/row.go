package sqlite

import (
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"
)

// row is one row of a result. Its methods read the columns in order and record the first
// invalid one: SQLite allows any value in any column, and the file may have been edited by
// hand.
type row struct {
	table  string
	names  []string
	values []any
	at     int // next column
	err    error
}

func scan(rows *sql.Rows, table string) (*row, error) {
	names, err := rows.Columns()
	if err != nil {
		return nil, fmt.Errorf("table %s: %w", table, err)
	}
	r := &row{table: table, names: names, values: make([]any, len(names))}
	into := make([]any, len(names))
	for i := range into {
		into[i] = &r.values[i]
	}
	if err := rows.Scan(into...); err != nil {
		return nil, fmt.Errorf("table %s: %w", table, err)
	}
	return r, nil
}

// fail records what is wrong with the column just read. It does not include the value,
// which may be a hash.
func (r *row) fail(want string) {
	if r.err == nil {
		r.err = fmt.Errorf("table %s, %s %q: column %s does not hold %s; correct or delete the row",
			r.table, r.names[0], fmt.Sprint(r.values[0]), r.names[r.at-1], want)
	}
}

func (r *row) next() any {
	r.at++
	return r.values[r.at-1]
}

func (r *row) text() string {
	s, ok := r.next().(string)
	if !ok {
		r.fail("text")
	}
	return s
}

func (r *row) integer() int64 {
	n, ok := r.next().(int64)
	if !ok {
		r.fail("an integer")
	}
	return n
}

func (r *row) flag() bool {
	n, ok := r.next().(int64)
	if !ok || n < 0 || n > 1 {
		r.fail("0 or 1")
	}
	return n != 0
}

func (r *row) time() time.Time {
	n := r.integer()
	if n == 0 {
		return time.Time{}
	}
	return time.UnixMicro(n).UTC()
}

func (r *row) list() []string {
	var out []string
	if err := json.Unmarshal([]byte(r.text()), &out); err != nil {
		r.fail("a JSON list of strings")
	}
	return out
}

func (r *row) digest() (sum [32]byte) {
	text := r.text()
	if len(text) != hex.EncodedLen(len(sum)) {
		r.fail("64 hexadecimal digits")
		return sum
	}
	if _, err := hex.Decode(sum[:], []byte(text)); err != nil {
		r.fail("64 hexadecimal digits")
	}
	return sum
}

// bytes reads hexadecimal digits; an empty text gives nil.
func (r *row) bytes() []byte {
	out, err := hex.DecodeString(r.text())
	if err != nil {
		r.fail("hexadecimal digits")
	}
	if len(out) == 0 {
		return nil
	}
	return out
}

// micros returns the stored form of a time: Unix microseconds, 0 for the zero time.

func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

func flag(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

func jsonList(list []string) string {
	text, _ := json.Marshal(list) // strings always encode
	return string(text)
}
