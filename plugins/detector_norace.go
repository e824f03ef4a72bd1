//go:build !race

package plugins

const detector = false
