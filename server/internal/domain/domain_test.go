package domain

import "testing"

func TestIsShared(t *testing.T) {
	for host, want := range map[string]bool{
		"com": true, "com:8443": true, "com.": true, "co.uk": true, "uk": true, "github.io": true, "vercel.app": true,
		"xn--p1ai": true, "kawasaki.jp": true, "ck": true, "internal": true, "intranet:80": true, "": true,
		"s3.amazonaws.com": true, "com.au": true,
		"example.com": false, "example.co.uk": false, "city.kawasaki.jp": false, "user.github.io": false,
		"example.internal": false, "localhost": false, "localhost:3000": false, "www.ck": false, "127.0.0.1": false,
	} {
		if got := IsShared(host); got != want {
			t.Errorf("IsShared(%q) is %v, want %v", host, got, want)
		}
	}
}
