// Package setting says which setting of a configuration an error is about, and makes
// problems of such errors for those who show them.
package setting
