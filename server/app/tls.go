package app

import (
	"crypto/tls"
	"fmt"

	"github.com/cardea-auth/cardea/core/files"
	"github.com/cardea-auth/cardea/server/config"
)

// loadTLS returns settings for TLS 1.2 or newer with the configured certificate; nil
// without one.
func loadTLS(t config.TLS) (*tls.Config, error) {
	if t.CertFile == "" {
		return nil, nil
	}
	cert, err := certificate(t)
	if err != nil {
		return nil, fmt.Errorf("server.tls: %w", err)
	}
	return &tls.Config{
		Certificates: []tls.Certificate{cert},
		MinVersion:   tls.VersionTLS12,
		NextProtos:   []string{"h2", "http/1.1"},
	}, nil
}

func certificate(t config.TLS) (tls.Certificate, error) {
	chain, err := files.Read(t.CertFile, maxKeyFile)
	if err != nil {
		return tls.Certificate{}, err
	}
	key, err := files.Read(t.KeyFile, maxKeyFile)
	if err != nil {
		return tls.Certificate{}, err
	}
	return tls.X509KeyPair(chain, key)
}

// maxKeyFile is how many bytes of a file with keys, certificates or passwords are
// read.
const maxKeyFile = 1 << 20
