package state

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/files"
	"github.com/cardea-auth/cardea/server/config"
	"github.com/cardea-auth/cardea/server/internal/setting"
)

// LoadTLS returns a configuration for TLS 1.2 or newer with the configured certificate;
// nil without one.
func LoadTLS(t config.TLS) (*tls.Config, error) {
	if t.CertFile == "" {
		return nil, nil
	}
	cert, err := certificate(t)
	if err != nil {
		return nil, err
	}
	return &tls.Config{
		Certificates: []tls.Certificate{cert},
		MinVersion:   tls.VersionTLS12,
		NextProtos:   []string{"h2", "http/1.1"},
	}, nil
}

func certificate(t config.TLS) (tls.Certificate, error) {
	chain, err := files.Read(t.CertFile, MaxKeyFile)
	key, keyErr := files.Read(t.KeyFile, MaxKeyFile)
	if err := errors.Join(setting.About("server.tls.cert_file", err), setting.About("server.tls.key_file", keyErr)); err != nil {
		return tls.Certificate{}, err
	}
	cert, err := tls.X509KeyPair(chain, key)
	if err != nil {
		err = fmt.Errorf("%s and %s: %w: %s", t.CertFile, t.KeyFile, err, cureOf(t, key))
	}
	return cert, setting.About("server.tls", err)
}

// cureOf says what to do about a certificate and a key that do not open.
func cureOf(t config.TLS, key []byte) string {
	if bytes.Contains(key, []byte("ENCRYPTED")) {
		return t.KeyFile + " is encrypted: store the private key without a passphrase"
	}
	return "name a certificate chain and its private key, both in PEM"
}

// MaxKeyFile bounds files with keys, certificates or passwords, in bytes.
const MaxKeyFile = 1 << 20

// expiring is how long before a certificate expires a warning is given.
const expiring = 30 * 24 * time.Hour

// JudgeValidity checks a certificate's validity period at now: fault if clients reject
// it, warning if it expires soon.
func JudgeValidity(t config.TLS, c *tls.Config, now time.Time) (fault, warning error) {
	if c == nil || c.Certificates[0].Leaf == nil {
		return nil, nil
	}
	return judgeLeaf(t.CertFile, c.Certificates[0].Leaf, now)
}

func judgeLeaf(name string, leaf *x509.Certificate, now time.Time) (fault, warning error) {
	const day = "2006-01-02"
	switch {
	case now.After(leaf.NotAfter):
		return fmt.Errorf("%s expired on %s, so clients reject it: renew it", name, leaf.NotAfter.Format(day)), nil
	case now.Before(leaf.NotBefore):
		return fmt.Errorf("%s is not valid before %s, so clients reject it: name one that is valid now, or set the clock", name, leaf.NotBefore.Format(day)), nil
	case now.Add(expiring).After(leaf.NotAfter):
		return nil, fmt.Errorf("%s expires on %s: renew it", name, leaf.NotAfter.Format(day))
	}
	return nil, nil
}

// JudgeKeyCertificate checks the validity period of the certificate beside a key that signs
// tokens. It returns a warning, since Cardea itself does not need the certificate.
func JudgeKeyCertificate(key api.Key, now time.Time) error {
	if len(key.Chain) == 0 {
		return nil
	}
	leaf, err := x509.ParseCertificate(key.Chain[0])
	if err != nil {
		return err
	}
	fault, warning := judgeLeaf("the certificate of the key", leaf, now)
	return errors.Join(fault, warning)
}
