package sandbox

import (
	"context"
	"errors"
	"unicode/utf8"

	"github.com/cardea-auth/cardea/plugins/abi"
	"github.com/cardea-auth/cardea/plugins/internal/fetch"
	"github.com/cardea-auth/cardea/plugins/internal/wasm"
)

func hostFetch(i *wasm.Instance, s []uint64) {
	g := enter(i)
	raw, ok := read(i, s[0], s[1])
	switch {
	case g.access == nil:
		s[0] = result(abi.Unavailable) // configure runs as often as the host likes
	case ok && len(raw) > abi.MaxRequest:
		s[0] = result(abi.TooLarge)
	case !ok || !utf8.Valid(raw):
		s[0] = result(abi.BadArgument)
	default:
		text, code := g.fetch(i, string(raw))
		if code != abi.OK {
			s[0] = result(code)
			return
		}
		s[0] = reply(i, text, s[2], s[3])
	}
}

// fetch makes a request, or returns the last response if the request is the same.
func (g *guest) fetch(i *wasm.Instance, text string) (string, abi.Result) {
	if g.answer != "" && text == g.asked {
		return g.answer, abi.OK
	}
	i.Burn(int64(len(text)) * abi.FuelRequest)
	r, err := fetch.Parse(text)
	if err != nil {
		g.log(abi.Warn, []byte("http_fetch: "+err.Error()))
		return "", abi.BadArgument
	}
	if g.fetches >= g.env.Limits.Fetches {
		return "", abi.TooLarge
	}
	if g.shadow && r.Method != "GET" && r.Method != "HEAD" {
		return "", abi.Unavailable
	}
	g.fetches++
	var answer string
	g.outside(i, func(ctx context.Context) { answer, err = g.env.fetcher.Fetch(ctx, r) })
	if err != nil {
		g.env.Log.DebugContext(g.ctx, "fetch failed", "url", r.URL.Redacted(), "error", err)
		return "", fetchResult(err)
	}
	g.asked, g.answer = text, answer
	return answer, abi.OK
}

func fetchResult(err error) abi.Result {
	switch {
	case errors.Is(err, fetch.ErrNotAllowed):
		return abi.NotGranted
	case errors.Is(err, fetch.ErrTooLarge):
		return abi.TooLarge
	}
	return abi.Unavailable
}
