package keys

import (
	"crypto/ecdsa"
	"crypto/rsa"
)

// pointer gives key material the form that crypto.Signer has.
func pointer(material any) any {
	switch m := material.(type) {
	case rsa.PrivateKey:
		return &m
	case rsa.PublicKey:
		return &m
	case ecdsa.PrivateKey:
		return &m
	case ecdsa.PublicKey:
		return &m
	}
	return material
}
