// Package php finds the parameters of queries and forms as PHP does, which accepts several
// spellings of a name. A query that PHP and other programs could read differently is an
// error.
package php
