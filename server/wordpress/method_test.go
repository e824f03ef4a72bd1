package wordpress

import "testing"

// TestMethod tests the method that applies, and invalid ones.
func TestMethod(t *testing.T) {
	for query, want := range map[string]string{
		"": "POST", "a=b": "POST", "_method=put": "PUT", "_method=M-search": "M-SEARCH", "_method=az": "AZ", "_method=AZ": "AZ",
		"_method=": "400", "_method": "400", "_method=a+b": "400", "_method=p1": "400", "_method=%C3%BC": "400", "_method=a&_method=b": "400",
		"_method=%60": "400", "_method=%7B": "400", "_method=%40": "400", "_method=%5B": "400",
	} {
		got, err := Method("post", query)
		if err != nil {
			got = "400"
		}
		if got != want {
			t.Errorf("%q: got %s, %v, want %s", query, got, err, want)
		}
	}
}
