//go:build !race

package plugins

const detector = false

const detectorTimes = 1
