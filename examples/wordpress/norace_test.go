//go:build !race

package wordpress_test

const slack = 1
