package sqlrow

import (
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"
)

// Row is one row of a result. Its methods read the columns in order and record the first
// invalid one: SQLite allows any value in any column, and the file may have been edited by
// hand.
type Row struct {
	table  string
	names  []string
	values []any
	at     int // next column
	err    error
}

// Scan reads the current row of a table. The first column must be its key, so that errors
// can name the row.
func Scan(rows *sql.Rows, table string) (*Row, error) {
	names, err := rows.Columns()
	if err != nil {
		return nil, fmt.Errorf("table %s: %w", table, err)
	}
	r := &Row{table: table, names: names, values: make([]any, len(names))}
	into := make([]any, len(names))
	for i := range into {
		into[i] = &r.values[i]
	}
	if err := rows.Scan(into...); err != nil {
		return nil, fmt.Errorf("table %s: %w", table, err)
	}
	return r, nil
}

// Err returns an error that names the first invalid column, or nil if all were valid.
func (r *Row) Err() error { return r.err }

// fail records what is wrong with the column just read. It does not include the value,
// which may be a hash.
func (r *Row) fail(want string) {
	if r.err == nil {
		r.err = fmt.Errorf("table %s, %s %q: column %s does not hold %s; correct or delete the row",
			r.table, r.names[0], fmt.Sprint(r.values[0]), r.names[r.at-1], want)
	}
}

func (r *Row) next() any {
	r.at++
	return r.values[r.at-1]
}

// Text reads a string.
func (r *Row) Text() string {
	s, ok := r.next().(string)
	if !ok {
		r.fail("text")
	}
	return s
}

// Integer reads an integer.
func (r *Row) Integer() int64 {
	n, ok := r.next().(int64)
	if !ok {
		r.fail("an integer")
	}
	return n
}

// Flag reads a 0 or 1 as false or true.
func (r *Row) Flag() bool {
	n, ok := r.next().(int64)
	if !ok || n < 0 || n > 1 {
		r.fail("0 or 1")
	}
	return n != 0
}

// Time reads Unix microseconds as a time in UTC; 0 is the zero time.
func (r *Row) Time() time.Time {
	n := r.Integer()
	if n == 0 {
		return time.Time{}
	}
	return time.UnixMicro(n).UTC()
}

// List reads a JSON list of strings.
func (r *Row) List() []string {
	var out []string
	if err := json.Unmarshal([]byte(r.Text()), &out); err != nil {
		r.fail("a JSON list of strings")
	}
	return out
}

// Digest reads 64 hexadecimal digits.
func (r *Row) Digest() (sum [32]byte) {
	text := r.Text()
	if len(text) != hex.EncodedLen(len(sum)) {
		r.fail("64 hexadecimal digits")
		return sum
	}
	if _, err := hex.Decode(sum[:], []byte(text)); err != nil {
		r.fail("64 hexadecimal digits")
	}
	return sum
}

// Bytes reads hexadecimal digits; an empty string is nil.
func (r *Row) Bytes() []byte {
	out, err := hex.DecodeString(r.Text())
	if err != nil {
		r.fail("hexadecimal digits")
	}
	if len(out) == 0 {
		return nil
	}
	return out
}

// Micros returns the stored form of a time: Unix microseconds, 0 for the zero time.
func Micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

// Flag returns the stored form of a boolean: 0 or 1.
func Flag(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// JSONList returns the stored form of a list: JSON.
func JSONList(list []string) string {
	text, _ := json.Marshal(list) // strings always encode
	return string(text)
}
