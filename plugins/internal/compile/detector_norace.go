//go:build !race

package compile

const detector = false

const detectorTimes = 1
