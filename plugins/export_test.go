package plugins

// RequestTarget is where a guest's request would go under a grant.
func RequestTarget(text string, g HTTPGrant) (method, host, path string, ok bool) {
	r, err := parseRequest(text)
	if err != nil || !g.covers(r.method, r.url) {
		return "", "", "", false
	}
	return r.method, hostPort(r.url), r.url.Path, true
}
