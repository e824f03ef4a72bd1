// Package roca detects RSA moduli of a broken key generator (CVE-2017-15361).
package roca
