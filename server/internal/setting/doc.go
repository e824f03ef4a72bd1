// Package setting adds the key of a setting to an error, and converts such errors to
// problems.
package setting
