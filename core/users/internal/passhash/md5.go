package passhash

import (
	"crypto/md5"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"strings"
)

// plainMD5 is the format of WordPress before 2.5: 32 hexadecimal digits. It is also
// pasted into the database to reset a password. WordPress replaces it at the next
// login.
type plainMD5 struct{}

func (plainMD5) Match(hash string) bool {
	return len(hash) == 2*md5.Size && strings.Trim(hash, "0123456789abcdef") == ""
}

func (plainMD5) Cost(string) (Cost, error) { return Cost{Kind: Quick}, nil }

func (plainMD5) Verify(hash, password string) error {
	password = trim(password)
	sum := md5.Sum([]byte(password))
	if password == "" || subtle.ConstantTimeCompare([]byte(hex.EncodeToString(sum[:])), []byte(hash)) != 1 {
		return ErrMismatch
	}
	return nil
}

// md5Crypt is the hash of old Unix systems, which WordPress accepts through PHP's
// crypt.
//
//	$1$<up to 8 characters of salt>$<22 of sum>
type md5Crypt struct{}

const md5CryptPrefix = "$1$"

func (md5Crypt) Match(hash string) bool { return strings.HasPrefix(hash, md5CryptPrefix) }

func (md5Crypt) Cost(hash string) (Cost, error) {
	salt, sum, _ := strings.Cut(strings.TrimPrefix(hash, md5CryptPrefix), "$")
	if len(salt) < 1 || len(salt) > 8 || len(sum) != 22 {
		return Cost{}, errors.New("verify password: stored md5-crypt hash: it is not a salt of 1 to 8 characters and a sum of 22")
	}
	return Cost{Kind: Crypted}, nil
}

func (m md5Crypt) Verify(hash, password string) error {
	if _, err := m.Cost(hash); err != nil {
		return err
	}
	salt, sum, _ := strings.Cut(strings.TrimPrefix(hash, md5CryptPrefix), "$")
	if subtle.ConstantTimeCompare([]byte(md5CryptSum(salt, password)), []byte(sum)) != 1 {
		return ErrMismatch
	}
	return nil
}

// md5CryptSum computes the sum with 1000 rounds, in the order that md5-crypt defines.
func md5CryptSum(salt, password string) string {
	sum := md5CryptStart(salt, password)
	for i := range 1000 {
		var b strings.Builder
		pick(&b, i%2 == 1, password, string(sum[:]))
		pick(&b, i%3 != 0, salt, "")
		pick(&b, i%7 != 0, password, "")
		pick(&b, i%2 == 1, string(sum[:]), password)
		sum = md5.Sum([]byte(b.String()))
	}
	var out strings.Builder
	for _, at := range [][3]int{{12, 6, 0}, {13, 7, 1}, {14, 8, 2}, {15, 9, 3}, {5, 10, 4}} {
		out.WriteString(encode64([]byte{sum[at[0]], sum[at[1]], sum[at[2]]}))
	}
	return out.String() + encode64(sum[11:12])
}

func md5CryptStart(salt, password string) [md5.Size]byte {
	inner := md5.Sum([]byte(password + salt + password))
	start := []byte(password + md5CryptPrefix + salt)
	for n := len(password); n > 0; n -= md5.Size {
		start = append(start, inner[:min(n, md5.Size)]...)
	}
	for n := len(password); n > 0; n >>= 1 {
		if n&1 == 1 {
			start = append(start, 0)
		} else {
			start = append(start, password[0])
		}
	}
	return md5.Sum(start)
}

func pick(b *strings.Builder, first bool, yes, no string) {
	if first {
		b.WriteString(yes)
	} else {
		b.WriteString(no)
	}
}
