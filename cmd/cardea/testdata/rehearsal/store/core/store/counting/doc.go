// Package counting is a store that counts how often it is asked for a user.
package counting
