package manage

import (
	"context"
	"net/http"
	"net/url"

	"github.com/cardea-auth/cardea/core/api"
)

// Keys administers the keys that sign tokens, or those that sign assertions.
type Keys struct {
	c    *Client
	root string
}

// Keys returns the keys that sign tokens.
func (c *Client) Keys() Keys { return Keys{c, "/keys"} }

// AssertionKeys returns the keys that sign assertions.
func (c *Client) AssertionKeys() Keys { return Keys{c, "/assertion-keys"} }

// List returns the keys.
func (k Keys) List(ctx context.Context) (KeyList, error) {
	return k.do(ctx, http.MethodGet, "", nil)
}

// Rotate starts the rotation of the active key and returns all keys. With now the next
// key becomes active at once; that is only possible for keys that sign assertions.
func (k Keys) Rotate(ctx context.Context, now bool) (KeyList, error) {
	return k.do(ctx, http.MethodPost, "/rotate", rotateKeys{now})
}

// Revoke removes a key at once and returns the remaining ones.
func (k Keys) Revoke(ctx context.Context, kid string) (KeyList, error) {
	if kid == "" {
		return KeyList{}, named(api.ErrNotFound, api.ReasonUnknownKey, "no key has the id %q", kid)
	}
	return k.do(ctx, http.MethodPost, "/"+segment(kid)+"/revoke", nil)
}

func (k Keys) do(ctx context.Context, method, below string, in any) (KeyList, error) {
	var out KeyList
	err := k.c.do(ctx, method, k.root+below, in, &out)
	return out, err
}

// ExportKey returns a public key as jwk, jwks, pem or cert; an empty kid means the active
// key.
func (c *Client) ExportKey(ctx context.Context, kid, format string) (string, error) {
	var out exported
	err := c.do(ctx, http.MethodGet, "/keys/export?"+url.Values{"kid": {kid}, "format": {format}}.Encode(), nil, &out)
	return out.Text, err
}

// ExportMountKey is ExportKey for the key of its own that a mount signs with.
func (c *Client) ExportMountKey(ctx context.Context, mount, format string) (string, error) {
	var out exported
	err := c.do(ctx, http.MethodGet, "/keys/export?"+url.Values{"mount": {mount}, "format": {format}}.Encode(), nil, &out)
	return out.Text, err
}
