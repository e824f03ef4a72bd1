package httpauth_test

import (
	"testing"

	"github.com/cardea-auth/cardea/server/httpauth"
)

// TestNamesMethod: from which parameters some framework takes a request's method.
func TestNamesMethod(t *testing.T) {
	for name, want := range map[string]bool{
		"_method": true, "_METHOD": true, ".method": true, "[method": true, "[_method]": true, "[[_method": true, " _method": true, "\x00_method": true,
		"_method[]": true, "_method\x00x": true, "_method%zz": true, "_method ": true,
		"X-HTTP-Method-Override": true, "x-http-method-override": true, "X-HTTP-Method": true, "X-Method-Override": true, "X_HTTP_Method_Override": true,
		"X.HTTP.Method": true, " X-HTTP-Method-Override": true, "X-HTTP-Method-Override[]": true, "[X-HTTP-Method]": true,
		"x-tunneled-method": true, "__METHOD_OVERRIDE__": true, "_HttpMethod": true, "__method_override": false, "http_method": false,
		"": false, "method": false, "_methods": false, "_method_": false, "x_method": false, "shipping_method": false, "__method": false, "_": false,
		"X-HTTP-Method-Overrides": false, "X-HTTP-Methods": false, "X-Method": false, "X-HTTP": false, "AX-HTTP-Method": false, "[]": false,
	} {
		if got := httpauth.NamesMethod(name); got != want {
			t.Errorf("%q: got %v, want %v", name, got, want)
		}
	}
}
