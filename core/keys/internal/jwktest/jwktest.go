package jwktest

import (
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"strings"
)

// Number returns a random odd number of that many bits, a multiple of 8, in the form of the
// numbers in a JWK (base64url, RFC 7518 section 2).
func Number(bits int) string {
	data := make([]byte, bits/8)
	rand.Read(data)
	data[0] |= 0x80
	data[len(data)-1] |= 1
	return base64.RawURLEncoding.EncodeToString(data)
}

// Set returns a JWK set of n keys. Each has the given members, written as JSON without
// braces, and its index as its kid.
func Set(n int, members string) string {
	list := make([]string, n)
	for i := range list {
		list[i] = fmt.Sprintf(`{"kid":"%d",%s}`, i, members)
	}
	return `{"keys":[` + strings.Join(list, ",") + `]}`
}
