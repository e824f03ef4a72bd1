package keys

import (
	"crypto/ecdsa"
	"crypto/rsa"
)

// pointer converts key material to the pointer types that implement crypto.Signer.
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
