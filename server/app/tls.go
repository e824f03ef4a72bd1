package app

import (
	"crypto/tls"
	"fmt"
	"net"
	"net/http"

	"github.com/cardea-auth/cardea/server/config"
)

// withTLS makes l speak TLS 1.2 or newer with the configured certificate.
func withTLS(s *http.Server, l net.Listener, t config.TLS) (net.Listener, error) {
	cert, err := tls.LoadX509KeyPair(t.CertFile, t.KeyFile)
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
