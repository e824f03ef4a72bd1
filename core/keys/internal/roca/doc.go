// Package roca knows RSA moduli of a broken generator (CVE-2017-15361).
package roca
