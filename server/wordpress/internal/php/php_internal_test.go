package php

import (
	"fmt"
	"strings"
	"testing"
)

// TestReadName tests which spellings PHP reads as the name.
func TestReadName(t *testing.T) {
	for key, want := range map[string]likeness{
		"rest_route": same, "rest.route": same, "rest route": same, "rest[route": same, "  rest_route": same,
		"rest_route[": unclear, "rest_route[]": unclear, "rest[route[": unclear, "rest_route\x00": unclear, "rest_route\x00x": unclear,
		"rest_rout": other, "rest_routes": other, "Rest_route": other, "rest-route": other, "restXroute": other, "rest_route.": other,
		"re.t_route": other, "re[t_route": other, "re t_route": other, "": other, "x": other, "rest_route ": other,
	} {
		if got := readName(key, "rest_route"); got != want {
			t.Errorf("%q: got %v, want %v", key, got, want)
		}
		if want := want != other; IsLike(Decode(strings.ReplaceAll(key, " ", "+")), "rest_route") != want || IsLike(key, "rest_route") != want {
			t.Errorf("%q names a route: want %v", key, want)
		}
	}
	for key, want := range map[string]likeness{"_method": same, ".method": same, "[method": unclear, " method": other, "[method[": unclear, " _method": same} {
		if got := readName(key, "_method"); got != want {
			t.Errorf("%q: got %v, want %v", key, got, want)
		}
	}
}

// TestDecode tests each byte after a percent sign, and invalid triplets.
func TestDecode(t *testing.T) {
	for c := range 256 {
		want := string([]byte{byte(c)})
		for _, text := range []string{fmt.Sprintf("%%%02x", c), fmt.Sprintf("%%%02X", c)} {
			if got := Decode("%zz" + text + "+b"); got != "%zz"+want+" b" {
				t.Errorf("Decode of %s: got %q, want %q in it", text, got, want)
			}
		}
	}
	for text, want := range map[string]string{
		"": "", "a": "a", "+": " ", "a+b": "a b", "%": "%", "%4": "%4", "%41": "A", "%4g": "%4g", "%g4": "%g4", "a%": "a%", "%%41": "%A", "%2541": "%41", "41%4": "41%4", "x41+": "x41 ", "x41%": "x41%",
	} {
		if got := Decode(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

// TestParameter tests parameters that are found, hidden or repeated.
func TestParameter(t *testing.T) {
	many := strings.Repeat("a=b&", maxParameters-1)
	for query, want := range map[string]string{
		"": "none", "a=b": "none", "p=x": "x", "p": "", "p=": "", "a&p=x+y%2b": "x y+", "p=x&a=b": "x", "p=x=y": "x=y", "a=p": "none", "%70=x": "x",
		"p=x&p=y": "error", "p=x&%70=x": "error", "p[]=x": "error", "p[a]=x&a": "error", "p%00=x": "error",
		"p=x&a=b;c": "x", "a=b;c&p=x": "x", "a=b?c&p=x": "x", "?a=b&p=x": "x", "p=x?": "x?", "p=x;": "x;", "p=x;a": "x;a", "pp=x;a": "none",
		"?p=x": "error", "??p=x": "error", "a=b;p=x": "error", "a;b;p": "error", "a;p=x;b": "error", "a=b&c;p=x": "error", "a;%70=x": "error", "?%70=x": "error",
		many + "p=x": "x", many + "a=b&p=x": "error", many + "a=b&a=b": "none", "p=x&" + many + "a=b": "error",
	} {
		found, value, err := Parameter(query, "p")
		got := value
		switch {
		case err != nil:
			got = "error"
		case !found:
			got = "none"
		}
		if got != want || got == "error" && (found || value != "") {
			t.Errorf("%.60q: got %q, %v, want %q", query, got, err, want)
		}
	}
}

// TestHasParameter tests parameters in any form.
func TestHasParameter(t *testing.T) {
	for query, want := range map[string]bool{
		"": false, "a=p": false, "p": true, "p=x": true, "a=b&p=x": true, "?p=x": true, "p[]=x": true, "%70=x": true, "a=b&??p": true,
		"a;p=x": true, "p;a": true, "a;b": false, "a=b;c=p": true, "ap": false, "pa": false,
	} {
		if got := HasParameter(query, "p"); got != want {
			t.Errorf("HasParameter(%q, \"p\") = %v, want %v", query, got, want)
		}
	}
}
