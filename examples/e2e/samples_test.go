package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/examples/e2e/parts"
	"github.com/cardea-auth/cardea/server/dialect"
	dialects "github.com/cardea-auth/cardea/server/dialect/all"
	"github.com/cardea-auth/cardea/server/samples"
)

// dialectGateway starts a gateway with a mount of each dialect, whose prefix is the dialect's name.
func dialectGateway(t *testing.T) string {
	t.Helper()
	var text strings.Builder
	text.WriteString("store: {driver: memory}\nserver: {shutdown_delay: 0s}\nupstreams: {app: {url: \"builtin:demo\"}}\nrules: [{name: all, path: /**}]\nmounts:\n")
	for _, name := range slices.Sorted(maps.Keys(dialects.Types())) {
		more := ""
		if name != "native" {
			more = fmt.Sprintf(", issuer: %q", "https://"+name+".example")
		}
		fmt.Fprintf(&text, "  - {name: %[1]s, dialect: %[1]s, prefix: /%[1]s%[2]s}\n", name, more)
	}
	return "http://" + memoryGateway(t, text.String())
}

// TestPostman runs the collection of all dialects with newman, as Postman does.
func TestPostman(t *testing.T) {
	path := node(t)
	gateway := dialectGateway(t)
	var sites []samples.Site
	for _, c := range dialect.Clients(dialects.Types()) {
		sites = append(sites, samples.Site{Name: c.Dialect, URL: gateway + "/" + c.Dialect, Client: c.Client})
	}
	var collection bytes.Buffer
	if err := samples.Postman(&collection, sites); err != nil {
		t.Fatal(err)
	}
	file, report := filepath.Join(t.TempDir(), "collection.json"), filepath.Join(t.TempDir(), "report.json")
	write(t, file, collection.Bytes())
	newman := func(password string) (out []byte, err error) {
		return exec.CommandContext(t.Context(), path, "node_modules/newman/bin/newman.js", "run", file, "--env-var", "login=anna", "--env-var", "password="+password,
			"--reporters", "cli,json", "--reporter-json-export", report, "--color", "off").CombinedOutput()
	}
	out, err := newman("pw-pw-pw-pw")
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, s := range sites {
		for _, call := range []dialect.Call{s.Client.Login, s.Client.Try, s.Client.Validate, s.Client.Refresh} {
			if call.Path != "" && !strings.Contains(string(out), call.Method+" "+s.URL+call.Path+" [200") {
				t.Errorf("%s: no %s %s in\n%s", s.Name, call.Method, call.Path, out)
			}
		}
	}
	if out, err := newman(`wr"ong`); err == nil || !strings.Contains(string(out), "incorrect_password") && !strings.Contains(string(out), "403") {
		t.Errorf("a wrong password: %v\n%s", err, out)
	}
}

// guide is a call in the form in which a guide of a plugin, or of its users, prints it.
type guide struct{ dialect, tool, call, want string }

const (
	jwt  = "/wp-json/jwt-auth/v1/token"
	mini = "/wp-json/api/v1/token"
	cart = "/wp-json/cocart/v2/login"
)

// guides has one line for each call. JSON without its content type is answered as by
// WordPress, which then sees no parameters.
func guides() []guide {
	return []guide{
		{"wpjwt", "curl", `curl -s -X POST $SITE` + jwt + ` -H 'Content-Type: application/json' -d '{"username":"anna","password":"pw-pw-pw-pw"}'`, `"token":"`},
		{"wpjwt", "curl", `curl -s $SITE` + jwt + ` -d username=anna -d password=pw-pw-pw-pw`, `"user_nicename":"anna"`},
		{"wpjwt", "curl", `curl -s -X POST "$SITE` + jwt + `?username=anna&password=pw-pw-pw-pw"`, `"token":"`},
		{"wpjwt", "curl", `curl -s -F username=anna -F password=pw-pw-pw-pw $SITE` + jwt, `"token":"`},
		{"wpjwt", "curl", `curl -s -X POST $SITE` + jwt + `/validate -H "Authorization: Bearer $TOKEN"`, `"code":"jwt_auth_valid_token"`},
		{"wpjwt", "curl", `curl -s $SITE/wp-json/wp/v2/users/me -H "Authorization: Bearer $TOKEN"`, `"X-Auth-User":["anna"]`},
		{"wpjwt", "curl", `curl -s "$SITE/?rest_route=/jwt-auth/v1/token" -d username=anna -d password=pw-pw-pw-pw`, `"token":"`},
		{"wpjwt", "fetch", `fetch(SITE + '` + jwt + `', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ username: 'anna', password: 'pw-pw-pw-pw' }) }).then(r => r.text()).then(console.log)`, `"token":"`},
		{"wpjwt", "fetch", `fetch(SITE + '` + jwt + `', { method: 'POST', body: new URLSearchParams({ username: 'anna', password: 'pw-pw-pw-pw' }) }).then(r => r.text()).then(console.log)`, `"token":"`},
		{"wpjwt", "fetch", `const f = new FormData(); f.append('username', 'anna'); f.append('password', 'pw-pw-pw-pw'); fetch(SITE + '` + jwt + `', { method: 'POST', body: f }).then(r => r.text()).then(console.log)`, `"token":"`},
		{"wpjwt", "fetch", `fetch(SITE + '` + jwt + `', { method: 'POST', body: JSON.stringify({ username: 'anna', password: 'pw-pw-pw-pw' }) }).then(r => r.text()).then(console.log)`, `"[jwt_auth] empty_username"`},
		{"wpjwt", "fetch", `fetch(SITE + '` + jwt + `/validate', { method: 'POST', headers: { Authorization: 'Bearer ' + TOKEN } }).then(r => r.text()).then(console.log)`, `jwt_auth_valid_token`},
		{"wpjwt", "axios", `axios.post(SITE + '` + jwt + `', { username: 'anna', password: 'pw-pw-pw-pw' }).then(r => console.log(r.data.user_nicename, r.status))`, `anna 200`},
		{"wpjwt", "axios", `axios.post(SITE + '` + jwt + `', new URLSearchParams({ username: 'anna', password: 'pw-pw-pw-pw' })).then(r => console.log(r.data.user_nicename, r.status))`, `anna 200`},
		{"wpjwt", "axios", `axios.post(SITE + '` + jwt + `/validate', {}, { headers: { Authorization: 'Bearer ' + TOKEN } }).then(r => console.log(r.data.code))`, `jwt_auth_valid_token`},
		{"wpjwt", "axios", `axios({ url: SITE + '/wp-json/wp/v2/users/me', headers: { Authorization: 'Bearer ' + TOKEN } }).then(r => console.log(r.data.headers['X-Auth-User'][0]))`, `anna`},
		{"wpjwt", "php", `$c = curl_init("$site` + jwt + `"); curl_setopt_array($c, [CURLOPT_POSTFIELDS => ['username' => 'anna', 'password' => 'pw-pw-pw-pw']]); curl_exec($c);`, `"token":"`},
		{"wpjwt", "php", `$c = curl_init("$site` + jwt + `"); curl_setopt($c, CURLOPT_POSTFIELDS, http_build_query(['username' => 'anna', 'password' => 'pw-pw-pw-pw'])); curl_exec($c);`, `"token":"`},
		{"wpjwt", "php", `$c = curl_init("$site` + jwt + `"); curl_setopt_array($c, [CURLOPT_POSTFIELDS => '{"username":"anna","password":"pw-pw-pw-pw"}', CURLOPT_HTTPHEADER => ['Content-Type: application/json']]); curl_exec($c);`, `"token":"`},
		{"wpjwt", "php", `$c = curl_init("$site` + jwt + `"); curl_setopt($c, CURLOPT_POSTFIELDS, '{"username":"anna","password":"pw-pw-pw-pw"}'); curl_exec($c);`, `"[jwt_auth] empty_username"`},
		{"wpjwt", "php", `echo file_get_contents("$site` + jwt + `", false, stream_context_create(['http' => ['method' => 'POST', 'header' => 'Content-Type: application/x-www-form-urlencoded', 'content' => 'username=anna&password=pw-pw-pw-pw']]));`, `"token":"`},
		{"wpjwt", "php", `$c = curl_init("$site/wp-json/wp/v2/users/me"); curl_setopt($c, CURLOPT_HTTPHEADER, ["Authorization: Bearer $token"]); curl_exec($c);`, `"X-Auth-User":["anna"]`},
		{"wpjwt", "python", `print(requests.post(site + "` + jwt + `", json={"username": "anna", "password": "pw-pw-pw-pw"}).json()["user_nicename"])`, `anna`},
		{"wpjwt", "python", `print(requests.post(site + "` + jwt + `", data={"username": "anna", "password": "pw-pw-pw-pw"}).json()["user_nicename"])`, `anna`},
		{"wpjwt", "python", `print(requests.post(site + "` + jwt + `", data=json.dumps({"username": "anna", "password": "pw-pw-pw-pw"})).json()["code"])`, `[jwt_auth] empty_username`},
		{"wpjwt", "python", `print(requests.post(site + "` + jwt + `/validate", headers={"Authorization": "Bearer " + token}).json()["code"])`, `jwt_auth_valid_token`},

		{"wpjwtpro", "curl", `curl -s --request POST --url $SITE` + jwt + ` --header 'Content-Type: application/json' --data '{ "username": "anna", "password": "pw-pw-pw-pw" }'`, `"refresh_token":"`},
		{"wpjwtpro", "curl", `curl -s -X POST $SITE` + jwt + ` -d '{"username":"anna","password":"pw-pw-pw-pw"}'`, `rest_missing_callback_param`},
		{"wpjwtpro", "curl", `curl -s -X GET $SITE/wp-json/wp/v2/users/me -H "Authorization: Bearer $TOKEN"`, `"X-Auth-User":["anna"]`},
		{"wpjwtpro", "curl", `curl -s -X POST $SITE` + jwt + `/validate -H "Authorization: Bearer $TOKEN"`, `jwt_auth_valid_token`},
		{"wpjwtpro", "curl", `curl -s -X POST $SITE` + jwt + `/refresh -H 'Content-Type: application/json' -d "{\"refresh_token\": \"$REFRESH\"}"`, `"access_token":"`},
		{"wpjwtpro", "curl", `curl -s -X POST $SITE` + jwt + `/revoke -H "Authorization: Bearer $TOKEN"`, `jwt_auth_token_revoked`},
		{"wpjwtpro", "fetch", `fetch(SITE + '` + jwt + `/refresh', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ refresh_token: REFRESH }) }).then(r => r.text()).then(console.log)`, `"access_token":"`},
		{"wpjwtpro", "axios", `axios.post(SITE + '` + jwt + `/refresh', { refresh_token: REFRESH }).then(r => console.log(r.data.token_type))`, `Bearer`},
		{"wpjwtpro", "python", `print(requests.post(site + "` + jwt + `/refresh", json={"refresh_token": refresh}).json()["token_type"])`, `Bearer`},

		{"usefulteam", "curl", `curl -s -F device=phone -F username=anna -F password=pw-pw-pw-pw $SITE` + jwt, `"jwt_auth_valid_credential"`},
		{"usefulteam", "curl", `curl -s -X POST $SITE` + jwt + ` -d '{"username":"anna","password":"pw-pw-pw-pw"}'`, `jwt_auth_missing_credentials`},
		{"usefulteam", "curl", `curl -s -X POST -b "$COOKIE" $SITE` + jwt, `"jwt_auth_valid_credential"`},
		{"usefulteam", "curl", `curl -s -X POST -b "$COOKIE" $SITE` + jwt + `/refresh`, `"jwt_auth_valid_token"`},
		{"usefulteam", "curl", `curl -s -X POST $SITE` + jwt + `/validate -H "Authorization: Bearer $TOKEN"`, `"jwt_auth_valid_token"`},
		{"usefulteam", "axios", `axios.post(SITE + '` + jwt + `', { username: 'anna', password: 'pw-pw-pw-pw' }, { withCredentials: true }).then(r => console.log(r.data.data.nicename))`, `anna`},

		{"cocart", "curl", `curl -s -X POST $SITE` + cart + ` -H 'Content-Type: application/json' -d '{"username":"anna","password":"pw-pw-pw-pw"}'`, `"jwt_refresh":"`},
		{"cocart", "curl", `curl -s -X POST -u anna:pw-pw-pw-pw $SITE` + cart, `"jwt_token":"`},
		{"cocart", "curl", `curl -s -X POST $SITE` + cart + ` -d '{"username":"anna","password":"pw-pw-pw-pw"}'`, `cocart_rest_not_authorized`},
		{"cocart", "curl", `curl -s -X POST $SITE/wp-json/cocart/jwt/refresh-token -H 'Content-Type: application/json' -d "{\"refresh_token\":\"$REFRESH\"}"`, `"token":"`},
		{"cocart", "curl", `curl -s -X POST $SITE/wp-json/cocart/jwt/validate-token -H "Authorization: Bearer $TOKEN"`, `Token is valid.`},
		{"cocart", "curl", `curl -s -X POST $SITE/wp-json/cocart/v2/logout -H "Authorization: Bearer $TOKEN"`, `true`},
		{"cocart", "fetch", `fetch(SITE + '` + cart + `', { method: 'POST', headers: { Authorization: 'Basic ' + btoa('anna:pw-pw-pw-pw') } }).then(r => r.text()).then(console.log)`, `"jwt_token":"`},
		{"cocart", "php", `$c = curl_init("$site` + cart + `"); curl_setopt_array($c, [CURLOPT_POST => true, CURLOPT_USERPWD => 'anna:pw-pw-pw-pw']); curl_exec($c);`, `"jwt_token":"`},
		{"cocart", "python", `print(requests.post(site + "` + cart + `", auth=("anna", "pw-pw-pw-pw")).json()["display_name"])`, `anna`},

		{"miniorange", "curl", `curl -s -d "username=anna&password=pw-pw-pw-pw" -X POST $SITE` + mini, `"jwt_token":"`},
		{"miniorange", "curl", `curl -s -H "Authorization: Bearer $TOKEN" -X GET $SITE/wp-json/wp/v2/posts`, `"X-Auth-User":["anna"]`},
		{"miniorange", "curl", `curl -s -H "Authorization: Bearer $TOKEN" $SITE` + mini + `-validate`, `VALID_TOKEN`},
		{"miniorange", "fetch", `const f = new FormData(); f.append('username', 'anna'); f.append('password', 'pw-pw-pw-pw'); fetch(SITE + '` + mini + `', { method: 'POST', body: f }).then(r => r.text()).then(console.log)`, `"jwt_token":"`},
		{"miniorange", "axios", `axios.post(SITE + '` + mini + `', { username: 'anna', password: 'pw-pw-pw-pw' }).then(r => console.log(r.data.token_type))`, `Bearer`},
		{"miniorange", "php", `$c = curl_init("$site` + mini + `"); curl_setopt_array($c, [CURLOPT_CUSTOMREQUEST => 'POST', CURLOPT_POSTFIELDS => ['username' => 'anna', 'password' => 'pw-pw-pw-pw']]); curl_exec($c);`, `"jwt_token":"`},
		{"miniorange", "php", `$c = curl_init("$site` + mini + `"); curl_setopt_array($c, [CURLOPT_CUSTOMREQUEST => 'POST', CURLOPT_POSTFIELDS => '{"username":"anna","password":"pw-pw-pw-pw"}']); curl_exec($c);`, `INVALID_CREDENTIALS`},
		{"miniorange", "python", `print(requests.request("POST", site + "` + mini + `", data={"username": "anna", "password": "pw-pw-pw-pw"}).json()["token_type"])`, `Bearer`},
		{"miniorange", "python", `c = http.client.HTTPConnection(site.split("/")[2]); c.request("POST", "/miniorange` + mini + `", "username=anna&password=pw-pw-pw-pw", {"Content-Type": "application/x-www-form-urlencoded"}); print(c.getresponse().read().decode())`, `"jwt_token":"`},
	}
}

// TestGuides runs each call as it is printed.
func TestGuides(t *testing.T) {
	js := node(t)
	php := parts.PHPModule(t, "curl", "php-cli", "php-curl")
	python := parts.Python(t, "requests", "python3-requests")
	parts.Find(t, "curl", "curl")
	gateway := dialectGateway(t)
	for _, g := range guides() {
		token, refresh, cookie := tokens(t, gateway, g.dialect)
		var command []string
		switch g.tool {
		case "curl":
			command = []string{"sh", "-c", g.call}
		case "fetch":
			command = []string{js, "--input-type=module", "-e", "const { SITE, TOKEN, REFRESH } = process.env; " + g.call}
		case "axios":
			command = []string{js, "--input-type=module", "-e", "import axios from 'axios'; const { SITE, TOKEN, REFRESH } = process.env; " + g.call}
		case "php":
			command = []string{php, "-r", `$site = getenv('SITE'); $token = getenv('TOKEN'); ` + g.call}
		case "python":
			command = []string{python, "-c", "import http.client, json, os, requests\nsite, token, refresh = os.environ['SITE'], os.environ['TOKEN'], os.environ['REFRESH']\n" + g.call}
		}
		cmd := exec.CommandContext(t.Context(), command[0], command[1:]...)
		cmd.Env = append(cmd.Environ(), "SITE="+gateway+"/"+g.dialect, "TOKEN="+token, "REFRESH="+refresh, "COOKIE="+cookie, "NO_PROXY=127.0.0.1", "no_proxy=127.0.0.1")
		if out, err := cmd.CombinedOutput(); err != nil || !strings.Contains(string(out), g.want) {
			t.Errorf("%s, %s: %v\n%s\n%s\nwant %s", g.dialect, g.tool, err, g.call, out, g.want)
		}
	}
}

// tokens logs in at the dialect's mount.
func tokens(t *testing.T, gateway, name string) (token, refresh, cookie string) {
	t.Helper()
	c, _ := dialect.ClientOf(dialects.Types(), name)
	kind, body, err := c.LoginBody("anna", "pw-pw-pw-pw")
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.Post(gateway+"/"+name+c.Login.Path, kind, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var a dialect.Answer
	if err := json.NewDecoder(res.Body).Decode(&a.Object); err != nil {
		t.Fatal(err)
	}
	for _, given := range res.Cookies() {
		cookie = given.Name + "=" + given.Value
	}
	token = c.TokenIn(a)
	if c.Token = c.RefreshToken; c.Token != nil {
		refresh = c.TokenIn(a)
	}
	return token, refresh, cookie
}
