package e2e

import (
	"context"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/examples/e2e/parts"
	"github.com/cardea-auth/cardea/methods/all"
	"github.com/cardea-auth/cardea/server/app"
	"github.com/cardea-auth/cardea/server/assertion"
	"github.com/cardea-auth/cardea/server/config"
	dialects "github.com/cardea-auth/cardea/server/dialect/all"
	"github.com/cardea-auth/cardea/server/state"
)

// blogGateway and shopGateway configure two servers in front of one WordPress, whose public
// address is the first's. Both sign assertions under one name, each with its own key.
const (
	blogGateway = `
data: d
server: {listen: "127.0.0.1:0", admin_listen: "127.0.0.1:0", shutdown_delay: 0s}
tokens: {issuer: %[1]q}
users: [{type: wordpress, dsn: "ro:ro-pass@tcp(%[3]s)/wordpress"}]
mounts: [{name: blog, dialect: wpjwt, secret: "a-secret-of-the-blog-that-is-long-enough-1"}]
upstreams: {blog: {url: %[2]q, identity: assertion, audience: %[1]q}}
rules:
  - {name: index, path: /wp-json, methods: [GET, HEAD], access: public}
  - {name: posts, path: /wp-json/wp/v2/posts/**, methods: [GET, HEAD], access: public}
  - {name: rest, path: /wp-json/**}
  - {name: pages, path: /**, access: optional}
`
	shopGateway = `
data: d
server: {listen: "127.0.0.1:0", admin_listen: "127.0.0.1:0", shutdown_delay: 0s, tls: {cert_file: cert.pem, key_file: key.pem}}
tokens: {issuer: %[1]q}
users: [{type: wordpress, dsn: "ro:ro-pass@tcp(%[3]s)/wordpress"}]
mounts: [{name: shop, dialect: cocart, secret: "a-secret-of-the-shop-that-is-long-enough-1"}]
upstreams: {shop: {url: %[2]q, identity: assertion, audience: %[1]q}}
rules:
  - {name: carts, path: /wp-json/cocart/**, access: optional}
  - {name: rest, path: /wp-json/**}
hooks:
  - point: login-before
    expr: 'dialect == "shop" && login == "author1" && answer["2fa_code"] != "123456" ? {challenge: "2fa_required", challenge_text: "Enter the code."} : nil'
`
)

// site is a real WordPress with cardea.php behind both gateways.
type site struct {
	*parts.Site
	blog, shop string // addresses of the gateways
	ca         string // file with the issuer of the shop's certificate
}

func newSite(t *testing.T) site {
	t.Helper()
	blog, shop := listen(t), listen(t)
	home := "http://" + blog.Addr().String()
	const late = "if (is_file(__DIR__ . '/gate.php')) require __DIR__ . '/gate.php';"
	s := site{Site: parts.WordPress(t, late), blog: home, shop: "https://" + shop.Addr().String()}
	s.DB.Exec(t, "", "CREATE USER ro@127.0.0.1 IDENTIFIED BY 'ro-pass'; GRANT SELECT ON wordpress.* TO ro@127.0.0.1;")
	blogDir, shopDir := shortDir(t), shortDir(t)
	s.ca = certificate(t, shopDir)
	blogKey, blogConfig := gatewayConfig(t, blogDir, fmt.Sprintf(blogGateway, home, s.URL, s.DB.Addr))
	shopKey, shopConfig := gatewayConfig(t, shopDir, fmt.Sprintf(shopGateway, home, s.URL, s.DB.Addr))
	constants, err := assertion.Constants(home, home, []api.Key{blogKey, shopKey})
	if err != nil {
		t.Fatal(err)
	}
	parts.Write(t, s.Dir, "gate.php", fmt.Sprintf("<?php\ndefine('WP_HOME', '%[1]s');\ndefine('WP_SITEURL', '%[1]s');\n%s", home, constants))
	plugin, err := os.ReadFile("../wordpress/cardea.php")
	if err != nil {
		t.Fatal(err)
	}
	parts.Write(t, s.Dir, "wp-content/mu-plugins/cardea.php", string(plugin))
	serve(t, blogConfig, blog)
	serve(t, shopConfig, shop)
	return s
}

func listen(t *testing.T) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// shortDir returns a directory whose path is short enough for a socket.
func shortDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "gate")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

// gatewayConfig loads a configuration as the command does, and creates the gateway's key for
// assertions.
func gatewayConfig(t *testing.T, dir, text string) (api.Key, *config.Config) {
	t.Helper()
	path := filepath.Join(dir, config.FileName)
	write(t, path, []byte(text))
	cfg, _, err := config.Load(config.LoadOptions{Types: config.Types{Methods: all.Types(), Dialects: dialects.Types()}, Path: path, Required: true})
	if err != nil {
		t.Fatal(err)
	}
	ring, err := state.OpenAssertionKeys(t.Context(), cfg, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer ring.Close()
	return ring.Active(), cfg
}

func write(t *testing.T, path string, text []byte) {
	t.Helper()
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
}

// certificate writes cert.pem and key.pem, valid for the loopback address, to dir.
func certificate(t *testing.T, dir string) (ca string) {
	t.Helper()
	lender := httptest.NewTLSServer(http.NotFoundHandler())
	defer lender.Close()
	pair := lender.TLS.Certificates[0]
	key, err := x509.MarshalPKCS8PrivateKey(pair.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	ca = filepath.Join(dir, "cert.pem")
	write(t, ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: pair.Certificate[0]}))
	write(t, filepath.Join(dir, "key.pem"), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key}))
	return ca
}

func serve(t *testing.T, cfg *config.Config, public net.Listener) {
	t.Helper()
	app.Quiet()
	s, err := app.New(cfg, app.Options{Listener: public, AdminListener: listen(t), Logger: slog.New(slog.NewTextHandler(t.Output(), nil))})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Stop(context.Background()); err != nil {
			t.Errorf("stop: %v", err)
		}
	})
}

// lines joins its arguments to a text of lines.
func lines(list ...string) string { return strings.Join(list, "\n") + "\n" }
