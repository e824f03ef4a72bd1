package app

import (
	"crypto/tls"
	"fmt"
	"net"
	"net/http"

	"github.com/cardea-auth/cardea/core/files"
	"github.com/cardea-auth/cardea/server/config"
)

// withTLS makes l speak TLS 1.2 or newer with the configured certificate.
func withTLS(s *http.Server, l net.Listener, t config.TLS) (net.Listener, error) {
	cert, err := certificate(t)
	if err != nil {
		return nil, fmt.Errorf("server.tls: %w", err)
	}
	s.TLSConfig = &tls.Config{
		Certificates: []tls.Certificate{cert},
		MinVersion:   tls.VersionTLS12,
		NextProtos:   []string{"h2", "http/1.1"},
	}
	return tls.NewListener(l, s.TLSConfig), nil
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
