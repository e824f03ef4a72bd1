package certified

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
)

// ReadPEM returns the one private or public key in PEM, or that of the first certificate if
// there is none, and the certificates as [Chain] does. It skips the EC PARAMETERS block that
// OpenSSL writes before EC keys.
func ReadPEM(data []byte) (material any, chain [][]byte, err error) {
	var list []*x509.Certificate
	for rest := bytes.TrimSpace(data); len(rest) > 0; rest = bytes.TrimSpace(rest) {
		block, after := pem.Decode(rest)
		if block == nil {
			return nil, nil, errors.New("not PEM, or there is text around it")
		}
		rest = after
		switch {
		case block.Type == "EC PARAMETERS":
		case block.Type == "CERTIFICATE":
			cert, err := x509.ParseCertificate(block.Bytes)
			if err != nil {
				return nil, nil, err
			}
			list = append(list, cert)
		case material != nil:
			return nil, nil, errors.New("more than one key: give one")
		default:
			if material, err = parseBlock(block); err != nil {
				return nil, nil, err
			}
		}
	}
	if material == nil && len(list) > 0 {
		material = list[0].PublicKey
	}
	if material == nil {
		return nil, nil, errors.New("no key in it")
	}
	chain, err = Chain(material, list)
	return material, chain, err
}

func parseBlock(block *pem.Block) (any, error) {
	switch block.Type {
	case "PRIVATE KEY":
		return x509.ParsePKCS8PrivateKey(block.Bytes)
	case "RSA PRIVATE KEY":
		return x509.ParsePKCS1PrivateKey(block.Bytes)
	case "EC PRIVATE KEY":
		return x509.ParseECPrivateKey(block.Bytes)
	case "PUBLIC KEY":
		return x509.ParsePKIXPublicKey(block.Bytes)
	case "RSA PUBLIC KEY":
		return x509.ParsePKCS1PublicKey(block.Bytes)
	}
	return nil, fmt.Errorf("a block of type %.32q holds no usable key (encrypted ones must be decrypted first)", block.Type)
}

// Chain returns the certificates of a key in DER, as in x5c (RFC 7517 section 4.7): the
// first one must be the key's, and each must be signed by the next. The key may be private.
func Chain(key any, list []*x509.Certificate) (chain [][]byte, err error) {
	for i, c := range list {
		if i == 0 && !isPublicOf(c.PublicKey, key) {
			return nil, errors.New("the first certificate is of another key")
		}
		if i > 0 {
			if err := list[i-1].CheckSignatureFrom(c); err != nil {
				return nil, fmt.Errorf("certificate %d has not signed the one before it (%w): write the key's own first, then that of its authority", i+1, err)
			}
		}
		chain = append(chain, c.Raw)
	}
	return chain, nil
}

func isPublicOf(public, key any) bool {
	if signer, ok := key.(crypto.Signer); ok {
		key = signer.Public()
	}
	p, ok := public.(interface{ Equal(crypto.PublicKey) bool })
	return ok && p.Equal(key)
}
