package wordpress_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/examples/e2e/parts"
	"github.com/cardea-auth/cardea/methods/all"
	"github.com/cardea-auth/cardea/server/config"
	dialects "github.com/cardea-auth/cardea/server/dialect/all"
)

// TestForm_asPHP: if PHP finds a rest_route in a form, the gateway must have refused it;
// what passes must be the same for PHP as without the gateway.
func TestForm_asPHP(t *testing.T) {
	dir, addr := parts.Dir(t), parts.Port(t)
	parts.PHP(t, dir, addr, parts.Write(t, dir, "form.php", `<?php echo json_encode([isset($_POST['rest_route']), $_POST], JSON_PARTIAL_OUTPUT_ON_ERROR);`))
	direct, gateway := "http://"+addr+"/", formGateway(t, addr)+"/"
	names := []string{
		"rest_route", "rest.route", "rest route", "rest+route", "rest%20route", "rest[route", "rest%5Broute", "rest-route", "rest]route", " rest_route", "++rest_route", "%20rest_route", "\trest_route",
		"%09rest_route", "rest_route ", "rest_route+", "rest_route[]", "rest_route[a][b]", "rest_route[", "rest_route]", "rest_route%00", "rest_route\x00x", "rest_route%00x", "\x00rest_route",
		"%72est_route", "REST_ROUTE", "rest__route", "rest_routes", "arest_route", "a[rest_route]", "[rest_route]", "rest_route=", "rest%5froute", "rest%5Froute", "rest%255froute", "rest_rout%65",
		"rest\r\n_route", "rest_\nroute", "\r\nrest_route", "'rest_route'", `\rest_route`, `rest\_route`, "rest_route;x", "&rest_route", "x=1&rest_route", strings.Repeat("+", 70) + "rest_route",
	}
	found := 0
	for _, name := range names {
		for form, f := range map[string][2]string{
			"encoded":       {"application/x-www-form-urlencoded", "a=b&" + name + "=/x&c=d"},
			"encoded alone": {"application/x-www-form-urlencoded", name},
			"quoted":        {"multipart/form-data; boundary=b", part(`"` + name + `"`)},
			"single":        {"multipart/form-data; boundary=b", part(`'` + name + `'`)},
			"bare":          {"multipart/form-data; boundary=b", part(name)},
			"blank":         {"multipart/form-data; boundary=b", part(` "` + name + `"`)},
			"lines":         {`multipart/form-data; boundary="b"`, strings.ReplaceAll(part(`"`+name+`"`), "\r\n", "\n")},
			"folded":        {"multipart/form-data, boundary=b", strings.Replace(part("\r\n \""+name+`"`), "form-data;", "form-data;\r\n", 1)},
			"capitals":      {"Multipart/Form-Data; Boundary=b", strings.Replace(part(`"`+name+`"`), "; name", ";NaMe", 1)},
			"twice":         {"multipart/form-data; boundary=b", part(`"a"; name="` + name + `"`)},
		} {
			_, sees := post(t, direct, f[0], f[1])
			status, through := post(t, gateway, f[0], f[1])
			named := strings.HasPrefix(sees, "[true")
			if named {
				found++
			}
			if named && status != 400 || status == 200 && through != sees || status != 200 && status != 400 {
				t.Errorf("%s %q: PHP sees %s, through the gateway %d %s", form, name, sees, status, through)
			}
		}
	}
	t.Logf("PHP found a rest_route in %d of %d forms", found, len(names)*10)
	if found < 100 {
		t.Errorf("PHP found a rest_route in %d forms: too few to prove anything", found)
	}
	if status, body := post(t, gateway, "application/x-www-form-urlencoded", "a=b&c[d]=rest_route"); status != 200 || body != `[false,{"a":"b","c":{"d":"rest_route"}}]` {
		t.Errorf("a form without a route: got %d %s", status, body)
	}
}

func part(name string) string {
	return "--b\r\nContent-Disposition: form-data; name=" + name + "\r\n\r\n/x\r\n--b--\r\n"
}

// formGateway is a gateway in front of a WordPress that allows every request.
func formGateway(t *testing.T, addr string) string {
	t.Helper()
	path := filepath.Join(gatewayDir(t), config.FileName)
	text := fmt.Sprintf(`
store: {driver: memory}
server: {listen: "127.0.0.1:0", admin_listen: "127.0.0.1:0", shutdown_delay: 0s}
upstreams: {site: {url: "http://%s", kind: wordpress}}
rules: [{name: all, path: /**, access: public}]
`, addr)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg, _, err := config.Load(config.LoadOptions{Types: config.Types{Methods: all.Types(), Dialects: dialects.Types()}, Path: path, Required: true})
	if err != nil {
		t.Fatal(err)
	}
	return serve(t, cfg)
}

func post(t *testing.T, address, contentType, body string) (int, string) {
	t.Helper()
	a := ask{method: http.MethodPost, body: body, header: http.Header{"Content-Type": {contentType}}}
	return a.do(t, address, "")
}
