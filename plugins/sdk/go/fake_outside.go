//go:build !wasip1

package hook

import (
	"errors"
	"math/rand"
	"strconv"
	"strings"

	"github.com/cardea-auth/cardea/plugins/abi"
)

func (c *call) secret(name string) (string, bool) {
	text, ok := c.fake.Secrets[name]
	return text, ok
}

func (c *call) kvGet(key string) (string, abi.Result) {
	text, ok := c.fake.KV[key]
	if !ok {
		return "", abi.Absent
	}
	return text, abi.OK
}

func (c *call) kvPut(key, text string, seconds int) abi.Result {
	if seconds <= 0 {
		return abi.BadArgument
	}
	if c.fake.KV == nil {
		c.fake.KV = map[string]string{}
	}
	c.fake.KV[key] = text
	return abi.OK
}

func (c *call) kvIncr(key string, by int64, seconds int) (int64, abi.Result) {
	was := int64(0)
	if text, ok := c.fake.KV[key]; ok {
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return 0, abi.BadArgument
		}
		was = n
	}
	return was + by, c.kvPut(key, strconv.FormatInt(was+by, 10), seconds)
}

func (c *call) random(buf []byte) abi.Result {
	rand.New(rand.NewSource(c.fake.Seed)).Read(buf)
	return abi.OK
}

func (c *call) count(name string, n int64) {
	if c.out.Counts == nil {
		c.out.Counts = map[string]int64{}
	}
	c.out.Counts[name] += n
}

// fetch asks the test and writes its answer as the host would.
func (c *call) fetch(text string) (string, abi.Result) {
	if c.fake.HTTP == nil {
		return "", abi.Unavailable
	}
	res, err := c.fake.HTTP(parseRequest(text))
	switch {
	case errors.Is(err, ErrNotGranted):
		return "", abi.NotGranted
	case errors.Is(err, ErrTooLarge):
		return "", abi.TooLarge
	case err != nil:
		return "", abi.Unavailable
	}
	var b strings.Builder
	b.WriteString(strconv.Itoa(res.Status) + "\n")
	for _, line := range res.Header {
		b.WriteString(line + "\n")
	}
	return b.String() + "\n" + res.Body, abi.OK
}

func parseRequest(text string) Request {
	head, body, _ := strings.Cut(text, "\n\n")
	lines := strings.Split(head, "\n")
	method, url, _ := strings.Cut(lines[0], " ")
	return Request{Method: method, URL: url, Header: lines[1:], Body: body}
}
