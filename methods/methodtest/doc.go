// Package methodtest is the test suite for authentication methods: it checks what the
// engine relies on in every method. A method's own test calls [Run] with samples.
package methodtest
