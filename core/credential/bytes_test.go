package credential

import (
	"strings"
	"testing"
	"unicode"

	"github.com/cardea-auth/cardea/core/api"
)

// TestHasAPIKeyForm_bytes tests each byte at each position of a key.
func TestHasAPIKeyForm_bytes(t *testing.T) {
	const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	good := "cdk_" + strings.Repeat("0", 10) + "_" + strings.Repeat("0", 43) + "_" + strings.Repeat("0", 6)
	for i := range len(good) {
		for c := range 256 {
			text := good[:i] + string([]byte{byte(c)}) + good[i+1:]
			want := good[i] == byte(c) || good[i] == '0' && strings.IndexByte(digits, byte(c)) >= 0
			if got := HasAPIKeyForm(text); got != want {
				t.Errorf("HasAPIKeyForm(%q) = %v, want %v", text, got, want)
			}
		}
	}
}

// TestExtract_bytes tests each byte in each kind of credential.
func TestExtract_bytes(t *testing.T) {
	const token68 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-._~+/"
	for c := range 256 {
		b := string([]byte{byte(c)})
		visible := c > ' ' && c < 0x7f
		for name, tc := range map[string]struct {
			header, value string
			want          bool
		}{
			"in a token":       {Authorization, "Bearer ab" + b + "cd", strings.Contains(token68, b)},
			"in a long token":  {Authorization, "Bearer abc" + b + "efghi", strings.Contains(token68, b)},
			"before a token":   {Authorization, "Bearer " + b + "abcdefg", strings.Contains(token68+" ", b)},
			"behind a token":   {Authorization, "Bearer abcdefg" + b, strings.Contains(token68+"=", b)},
			"in a key":         {XAPIKey, "a" + b + "b", visible},
			"at a key's begin": {XAPIKey, b + "b", visible},
			"at a key's end":   {XAPIKey, "a" + b, visible},
			"in a user":        {Authorization, "Basic " + b64("a"+b+"b:p"), c < 0x80 && !unicode.IsControl(rune(c))},
			"in a password":    {Authorization, "Basic " + b64("a:p"+b+"q"), c < 0x80 && !unicode.IsControl(rune(c))},
			"before a user":    {Authorization, "Basic " + b64(b+"a:p"), visible && b != ":"},
			"behind a user":    {Authorization, "Basic " + b64("a"+b+":p"), visible},
			"behind base64":    {Authorization, "Basic " + b64("a:password") + b, false},
			"in base64":        {Authorization, "Basic " + b64("a:p")[:2] + b + b64("a:p")[2:], false},
		} {
			got, err := Extract(api.Header{tc.header: {tc.value}}, Spec{})
			if (err == nil) != tc.want || err != nil && (got != (api.Credential{}) || api.CodeOf(err) != api.Unauthenticated) {
				t.Errorf("%q %s: got %+v, %v, want it taken: %v", b, name, got, err, tc.want)
			}
		}
	}
}

// TestExtract_lengths tests the longest credential of each kind, and one byte more.
func TestExtract_lengths(t *testing.T) {
	password := strings.Repeat("p", MaxBasic/4*3-2) // fills base64 with "a:"
	for name, tc := range map[string]struct{ header, longest, longer string }{
		"token":      {Authorization, "Bearer " + strings.Repeat("a", MaxToken), "Bearer " + strings.Repeat("a", MaxToken+1)},
		"key":        {XAPIKey, strings.Repeat("a", MaxKey), strings.Repeat("a", MaxKey+1)},
		"key scheme": {Authorization, "ApiKey " + strings.Repeat("a", MaxKey), "ApiKey " + strings.Repeat("a", MaxKey+1)},
		"basic":      {Authorization, "Basic " + b64("a:"+password), "Basic " + b64("a:"+password+"p")},
	} {
		if _, err := Extract(api.Header{tc.header: {tc.longest}}, Spec{}); err != nil {
			t.Errorf("the longest %s: %v", name, err)
		}
		if _, err := Extract(api.Header{tc.header: {tc.longer}}, Spec{}); err == nil {
			t.Errorf("a longer %s is taken", name)
		}
	}
}

// TestExtract_tells: each error says what is wrong.
func TestExtract_tells(t *testing.T) {
	spec := Spec{Header: "X-Token", Prefix: "JWT", RefuseStandard: true}
	for _, tc := range []struct {
		header, value string
		spec          Spec
		want          string
	}{
		{Authorization, "Bearer", Spec{}, "the credential is not a scheme, a space and a value"},
		{Authorization, "Bearer  ", Spec{}, "the credential is not a scheme, a space and a value"},
		{Authorization, " Bearer x", Spec{}, "the credential is not a scheme, a space and a value"},
		{Authorization, "", Spec{}, "the credential is not a scheme, a space and a value"},
		{"X-Token", "JWT", spec, "the credential is not a scheme, a space and a value"},
		{"X-Token", " x", spec, "the credential is not a scheme, a space and a value"},
		{"X-Token", "Bearer x", spec, "the credential does not start with the expected scheme"},
		{Authorization, "JWT x", spec, "the credential is expected in the header X-Token"},
		{XAPIKey, "x", spec, "the credential is expected in the header X-Token"},
		{Authorization, "Digest x", Spec{}, "the Authorization scheme is not known here"},
		{Authorization, "JWT x", Spec{}, "the Authorization scheme is not known here"},
		{Authorization, "Bearer !", Spec{}, "the Bearer token is malformed"},
		{XAPIKey, "a b", Spec{}, "the API key is malformed"},
		{XAPIKey, "", Spec{}, "the API key is malformed"},
		{Authorization, "Basic !", Spec{}, "the Basic credential is not canonical base64"},
		{Authorization, "Basic " + b64("a:\x00"), Spec{}, "the Basic credential is not UTF-8 text without control characters"},
		{Authorization, "Basic " + b64("a\xff:b"), Spec{}, "the Basic credential is not UTF-8 text without control characters"},
		{Authorization, "Basic " + b64("alice"), Spec{}, "the Basic credential has no colon"},
		{Authorization, "Basic " + b64(":b"), Spec{}, "the user name is empty"},
		{Authorization, "Basic " + b64("a :b"), Spec{}, "the user name begins or ends with a blank"},
		{Authorization, "Basic " + b64("\u00a0a:b"), Spec{}, "the user name begins or ends with a blank"},
		{Authorization, "Basic " + b64("a:"), Spec{}, "the password is empty"},
	} {
		_, err := Extract(api.Header{tc.header: {tc.value}}, tc.spec)
		if err == nil || !strings.HasSuffix(err.Error(), ": "+tc.want) {
			t.Errorf("%s: %q: got %v, want %q", tc.header, tc.value, err, tc.want)
		}
	}
}

// TestExtract_headers tests each header under each setting that reads or ignores it.
func TestExtract_headers(t *testing.T) {
	custom := Spec{Header: "X-Token"}
	for _, tc := range []struct {
		header, value string
		spec          Spec
		want          string // the text read, "" for none, "refused"
	}{
		{Authorization, "Bearer x", Spec{}, "x"},
		{Authorization, "Bearer x", custom, "x"},
		{Authorization, "Bearer x", Spec{Header: "X-Token", RefuseStandard: true}, "refused"},
		{Authorization, "Bearer x", Spec{RefuseStandard: true}, "x"}, // no other header is configured
		{Authorization, "Bearer x", Spec{Header: XAPIKey, RefuseStandard: true}, "refused"},
		{Authorization, "Bearer x", Spec{Prefix: "JWT"}, "x"},
		{Authorization, "jwt x", Spec{Prefix: "JWT"}, "x"},
		{Authorization, "x", custom, "refused"},
		{XAPIKey, "x", Spec{}, "x"},
		{XAPIKey, "x", custom, "x"},
		{XAPIKey, "x", Spec{Header: XAPIKey, RefuseStandard: true}, "x"},
		{XAPIKey, "x", Spec{Header: Authorization, RefuseStandard: true}, "refused"},
		{XAPIKey, "x", Spec{RefuseStandard: true}, "x"},
		{"X-Token", "x", custom, "x"},
		{"X-Token", "x", Spec{Header: "X-Token", RefuseStandard: true}, "x"},
		{"X-Token", "x", Spec{}, ""},
		{"X-Token", "x", Spec{Header: "X-Other"}, ""},
		{"X-Token", "x", Spec{RefuseStandard: true}, ""},
		{"", "x", Spec{}, ""}, // no header name is configured
	} {
		got, err := Extract(api.Header{tc.header: {tc.value}}, tc.spec)
		switch {
		case err != nil && tc.want == "refused":
		case err != nil || got.Text != tc.want || tc.want != "" && got.Header != tc.header:
			t.Errorf("%s: %q with %+v: got %+v, %v, want %q", tc.header, tc.value, tc.spec, got, err, tc.want)
		}
	}
}
