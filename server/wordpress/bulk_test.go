package wordpress

import (
	"fmt"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
)

// TestBulkOf: which routes change several members of a collection.
func TestBulkOf(t *testing.T) {
	for target, want := range map[string]string{
		"POST /wp-json/wc/v3/products/batch": "/wc/v3/products", "PUT /wp-json/WC/v2/Orders/Batch/": "/WC/v2/Orders", "PATCH /wp-json/wc/v3/coupons/batch": "/wc/v3/coupons",
		"POST /index.php/wp-json/wc/v3/products/7/variations/batch": "/wc/v3/products/7/variations", "POST /wp-json/wc-analytics/products/batch": "/wc-analytics/products",
		"GET /wp-json/wc/v3/products/batch": "", "DELETE /wp-json/wc/v3/products/batch": "", "POST /wp-json/wc/v3/products": "", "POST /wp-json/wc/v3/products/batches": "", "POST /wp-json/wc/v3/products/rebatch": "",
		"POST /wp-json/wc/store/v1/batch": "", "POST /wp-json/wc/store/batch": "", "POST /wp-json/batch/v1": "", "POST /wp-json/other/v1/products/batch": "", "POST /wp-json/wc": "", "POST /wc/v3/products/batch": "",
	} {
		method, path, _ := strings.Cut(target, " ")
		read, err := Reader{}.Read(method, path, "")
		if err != nil {
			t.Fatal(err)
		}
		b, ok := bulkOf(read.Meaning, "")
		if b.collection != want || ok != (want != "") || ok && b.path != "/wp-json"+api.FoldASCII(want) {
			t.Errorf("%s: %+v, %v", target, b, ok)
		}
	}
	read, err := Reader{}.Read("POST", "/", "rest_route=/wc/v3/orders/batch")
	if b, ok := bulkOf(read.Meaning, ""); err != nil || !ok || b.collection != "/wc/v3/orders" {
		t.Errorf("by the query: %+v, %v", b, err)
	}
}

// TestBulk: what a bulk call does is found as WooCommerce reads it, and what can be read in
// two ways is refused.
func TestBulk(t *testing.T) {
	const products, variations, settings = "/wc/v3/products", "/wc/v3/products/7/variations", "/wc/v3/settings"
	many := func(n int) string { return strings.TrimSuffix(strings.Repeat("5,", n), ",") }
	for _, tc := range []struct{ collection, query, body, want string }{
		{products, "", `{}`, ""},
		{products, "", `{"create":[{"name":"a"},{"name":"b"}]}`, "POST products"},
		{products, "", `{"update":[{"id":5,"price":"1"},{"id":"6"}]}`, "PUT products/5, PUT products/6"},
		{products, "", `{"delete":[5,"6"]}`, "DELETE products/5, DELETE products/6"},
		{products, "", `{"delete":{"a":5}}`, "DELETE products/5"}, // PHP takes an object for a list
		{products, "", `{"update":{"0":{"id":5}}}`, "PUT products/5"},
		{products, "", `{"create":[{}],"update":[{"id":5}],"delete":[6]}`, "POST products, PUT products/5, DELETE products/6"},
		{products, "", `{"delete":[5],"delete":[6]}`, "DELETE products/6"}, // the last, as in PHP
		{products, "", `{"update":[{"id":5,"id":6}]}`, "PUT products/6"},
		{products, "", `{"\u0064elete":["\u0035"]}`, "DELETE products/5"},
		{products, "", `{"create":[],"update":null,"delete":[]}`, ""},
		{products, "", `{"Delete":[5],"other":[{"id":1}]}`, ""},
		{products, "a=b&_method=PUT&rest_route=/x&c=d e", `{"delete":[5]}`, "DELETE products/5?a=b&c=d+e"},
		{products, "", `{"delete":[` + many(maxBulkParts) + `]}`, strings.TrimSuffix(strings.Repeat("DELETE products/5, ", maxBulkParts), ", ")},
		{variations, "", `{"update":[{"id":5,"product_id":7},{"id":6,"product_id":"7"}],"create":[{"product_id":7}]}`, "POST products/7/variations, PUT products/7/variations/5, PUT products/7/variations/6"},
		{"/wc/v3/products/reviews", "", `{"create":[{"product_id":22}]}`, "POST products/reviews"},
		{settings + "/general", "", `{"update":[{"id":"woocommerce_currency","value":"EUR","group_id":"General"}]}`, "PUT settings/general/woocommerce_currency"},
		{settings, "", `{"update":[{"id":"woocommerce_currency","group_id":"general"}]}`, "PUT settings/general/woocommerce_currency"},
		{products, "", `{"update":[{"id":5,"group_id":"x"}]}`, "PUT products/5"},

		{products, "", ``, "400"}, {products, "", `null`, "400"}, {products, "", `[]`, "400"}, {products, "", `delete[]=5`, "400"}, {products, "", `{"delete":[5]} x`, "400"},
		{products, "", `{"delete":5}`, "400"}, {products, "", `{"delete":"5"}`, "400"}, {products, "", `{"delete":true}`, "400"},
		{products, "", `{"delete":[null]}`, "400"}, {products, "", `{"delete":[[5]]}`, "400"}, {products, "", `{"delete":[{"id":5}]}`, "400"}, {products, "", `{"delete":[true]}`, "400"},
		{products, "", `{"delete":["5x"]}`, "400"}, {products, "", `{"delete":[" 5"]}`, "400"}, {products, "", `{"delete":["05"]}`, "400"}, {products, "", `{"delete":["+5"]}`, "400"}, {products, "", `{"delete":[-5]}`, "400"},
		{products, "", `{"delete":[5.0]}`, "400"}, {products, "", `{"delete":[5e0]}`, "400"}, {products, "", `{"delete":["5e1"]}`, "400"}, {products, "", `{"delete":[0]}`, "400"}, {products, "", `{"delete":[""]}`, "400"},
		{products, "", `{"delete":["a/b"]}`, "400"}, {products, "", `{"delete":[".."]}`, "400"}, {products, "", `{"delete":["5\u0000"]}`, "400"}, {products, "", `{"delete":[12345678901234567890]}`, "400"},
		{products, "", `{"update":[{"price":1}]}`, "400"}, {products, "", `{"update":[{"id":null}]}`, "400"}, {products, "", `{"update":[{"id":[5]}]}`, "400"}, {products, "", `{"update":[5]}`, "400"}, {products, "", `{"update":[[5]]}`, "400"},
		{products, "", `{"update":[{"id":5},{"id":true}]}`, "400"}, {products, "", `{"create":[5]}`, "400"}, {products, "", `{"create":{"name":"a"}}`, "400"},
		{variations, "", `{"update":[{"id":5,"product_id":8}]}`, "400"}, {variations, "", `{"create":[{"product_id":8}]}`, "400"}, {variations, "", `{"update":[{"id":5,"product_id":[7]}]}`, "400"},
		{"/wc/v3/products/attributes/3/terms", "", `{"update":[{"id":5,"attribute_id":4}]}`, "400"},
		{settings + "/general", "", `{"update":[{"id":"a","group_id":"checkout"}]}`, "400"}, {settings, "", `{"update":[{"id":"a","group_id":"x/y"}]}`, "400"},
		{products, "", `{"delete":[` + many(maxBulkParts+1) + `]}`, "400"},
		{products, "", `{` + strings.Repeat(`"a":1,`, maxMembers) + `"delete":[]}`, "400"},
		{products, "", `{"create":[` + strings.Repeat("[", maxDepth) + strings.Repeat("]", maxDepth) + `]}`, "400"},
		{products, strings.Repeat("a", route.MaxTarget-len("/wp-json/wc/v3/products/")-1), `{"delete":[5]}`, "400"},
	} {
		b, _ := bulkOf(route.Meaning{Method: "POST", Path: "/wp-json" + tc.collection + "/batch", API: "/wp-json", Route: tc.collection + "/batch"}, tc.query)
		list, err := b.parts([]byte(tc.body))
		var read []string
		for _, r := range list {
			read = append(read, r.Method+" "+strings.TrimPrefix(r.Target, "/wp-json/wc/v3/"))
		}
		got := strings.Join(read, ", ")
		if api.CodeOf(err) == api.Invalid && api.ReasonOf(err) == route.ReasonBadBatch && list == nil {
			got = "400"
		}
		if got != tc.want || (err != nil) != (got == "400") {
			t.Errorf("%s %.80s: got %s, %v; want %s", tc.collection, tc.body, got, err, tc.want)
		}
	}
}

// FuzzBulk: every part is a canonical path at or below the collection.
func FuzzBulk(f *testing.F) {
	f.Add([]byte(`{"create":[{"name":"a"}],"update":[{"id":5,"product_id":7}],"delete":[6,"a"]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		const at = "/wp-json/wc/v3/products/7/variations"
		b, _ := bulkOf(route.Meaning{Method: "POST", Path: at + "/batch", API: "/wp-json", Route: at[len("/wp-json"):] + "/batch"}, "a=b")
		list, err := b.parts(body)
		if err != nil && list != nil {
			t.Fatalf("got %v beside %v", list, err)
		}
		for _, r := range list {
			path, query, err := route.Canonical(r.Target)
			if err != nil || query != "a=b" || path != at && !strings.HasPrefix(path, at+"/") || (path == at) != (r.Method == "POST") {
				t.Errorf("%v: %q, %q, %v", r, path, query, err)
			}
		}
	})
}

// BenchmarkBulk reads a call with as many and as large parts as are accepted.
func BenchmarkBulk(b *testing.B) {
	part := `{"id":5,"description":"` + strings.Repeat("words of a text ", 2500) + `"},`
	body := []byte(fmt.Sprintf(`{"update":[%s{"id":6}]}`, strings.Repeat(part, maxBulkParts-1)))
	call, _ := bulkOf(route.Meaning{Method: "POST", Path: "/wp-json/wc/v3/products/batch", API: "/wp-json", Route: "/wc/v3/products/batch"}, "")
	b.SetBytes(int64(len(body)))
	for b.Loop() {
		if _, err := call.parts(body); err != nil {
			b.Fatal(err)
		}
	}
}
