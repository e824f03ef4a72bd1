package plugincmd

import (
	"encoding/binary"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/plugins"
)

// TestSign_manifestInside: commands and servers treat a manifest inside the module like
// one beside it.
func TestSign_manifestInside(t *testing.T) {
	const gallery = "../../../../examples/plugins/http-enrich/"
	var parts [3][]byte
	for i, file := range []string{"http-enrich.wasm", "http-enrich.json", "testdata/vectors.json"} {
		text, err := os.ReadFile(gallery + file)
		if err != nil {
			t.Fatal(err)
		}
		parts[i] = text
	}
	dir := t.TempDir()
	module, key := filepath.Join(dir, "http-enrich.wasm"), filepath.Join(dir, "author.jwk")
	putFile(t, module, string(withSection(parts[0], "hook.manifest", parts[1])))
	putFile(t, filepath.Join(dir, "testdata", "vectors.json"), string(parts[2]))
	pluginOK(t, []string{"http-enrich 1", "profile", "secrets    token", "kv: it stores", "http: GET https://api.example.com/users"}, "inspect", module)
	pluginOK(t, []string{"a server accepts it", "servers ignore the schema"}, "check", module)
	pluginOK(t, []string{"Signed"}, "sign", "--generate", "--key", key, module)
	pluginOK(t, []string{"is signed by"}, "verify", "--key", key+".pub", module)
	public, err := readKey(key + ".pub")
	if err != nil {
		t.Fatal(err)
	}
	host, err := plugins.Open(t.Context(), plugins.Config{Keys: []api.Key{public}})
	if err != nil {
		t.Fatal(err)
	}
	defer host.Close(t.Context())
	p, err := openProject(module)
	if err != nil {
		t.Fatal(err)
	}
	spec := plugins.Spec{Name: "http-enrich", File: module, Signed: true, Grants: p.manifest.Grants, Config: map[string]string{"url": "https://api.example.com/users/"}, Secrets: p.sampleSecrets()}
	if _, err := host.Load(t.Context(), spec); err != nil {
		t.Errorf("the server: %v", err)
	}
	putFile(t, filepath.Join(dir, "http-enrich.json"), strings.Replace(string(parts[1]), "http-enrich", "http-enrich-too", 1))
	pluginFails(t, "remove one of them", "verify", "--key", key+".pub", module)
}

// withSection appends a custom section to a module.
func withSection(module []byte, name string, content []byte) []byte {
	body := append(binary.AppendUvarint(nil, uint64(len(name))), name...)
	body = append(body, content...)
	module = binary.AppendUvarint(append(slices.Clone(module), 0), uint64(len(body)))
	return append(module, body...)
}
