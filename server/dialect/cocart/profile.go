package cocart

import (
	"crypto/sha256"
	"encoding/hex"
	"html"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/cardea-auth/cardea/core/api"
)

// profile returns the user's data for the answer to a login.
func profile(id api.Identity) api.Claims {
	return api.NewClaims(
		api.Claim{Name: "user_id", Value: strconv.FormatInt(id.Number, 10)},
		api.Claim{Name: "first_name", Value: id.FirstName},
		api.Claim{Name: "last_name", Value: id.LastName},
		api.Claim{Name: "display_name", Value: strings.ReplaceAll(html.EscapeString(id.Display), "&#39;", "&#039;")},
		api.Claim{Name: "role", Value: roles(id.Roles)},
		api.Claim{Name: "avatar_urls", Value: avatars(id.Email)},
		api.Claim{Name: "email", Value: id.Email},
	)
}

// roles formats roles as in "Customer, Shop_manager".
func roles(list []string) string {
	shown := make([]string, len(list))
	for i, role := range list {
		first, size := utf8.DecodeRuneInString(role)
		shown[i] = string(unicode.ToUpper(first)) + role[size:]
	}
	return strings.Join(shown, ", ")
}

// avatars returns WordPress's avatar URLs for an e-mail address.
func avatars(email string) api.Claims {
	sum := sha256.Sum256([]byte(strings.ToLower(strings.TrimSpace(email))))
	var list []api.Claim
	for _, size := range []string{"24", "48", "96"} {
		list = append(list, api.Claim{
			Name:  size,
			Value: "https://secure.gravatar.com/avatar/" + hex.EncodeToString(sum[:]) + "?s=" + size + "&d=mm&r=g",
		})
	}
	return api.NewClaims(list...)
}
