package cocart

import (
	"errors"
	"html"
	"net/http"
	"strings"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/keys"
	"github.com/cardea-auth/cardea/server/dialect"
	"github.com/cardea-auth/cardea/server/wordpress"
)

const authenticationError = "cocart_authentication_error"

func refusal(status int, code, message string) wordpress.Refusal {
	return wordpress.Refusal{Status: status, Code: code, Message: message}
}

func forbidden() wordpress.Refusal {
	return refusal(http.StatusUnauthorized, "rest_forbidden", "Sorry, you are not allowed to do that.")
}

// config returns the plugin's refusal if the mount's secret is too weak, else nil.
func (h *handler) config() *wordpress.Refusal {
	if _, weak := errors.AsType[*keys.WeakSecretError](h.fault); !weak {
		return nil
	}
	f := refusal(http.StatusForbidden, "cocart_jwt_auth_bad_config", "JWT configuration error.")
	if h.first {
		f.Status = http.StatusUnauthorized
	}
	return &f
}

// tokenWords returns the refusal of a bad token. 3.x has one code for all; 1.0
// distinguishes them.
func (h *handler) tokenWords(err error) wordpress.Refusal {
	if !h.first {
		return refusal(http.StatusForbidden, authenticationError, "Authentication failed.")
	}
	code, message := "cocart_jwt_auth_not_valid", "Authentication token is invalid or has expired."
	switch api.ReasonOf(err) {
	case api.ReasonTokenIssuer:
		code, message = "cocart_jwt_auth_bad_iss", "The token's issuer does not match this site."
	case api.ReasonTokenSubject:
		code, message = "cocart_jwt_auth_user_missing", "The token names no user."
	case api.ReasonUnknownUser, api.ReasonDisabled:
		code, message = "cocart_jwt_auth_no_user", "The token's user does not exist."
	}
	return refusal(http.StatusUnauthorized, code, message)
}

func (h *handler) refuse(w http.ResponseWriter, r *http.Request, err error, words func(error) wordpress.Refusal) {
	f, technical := h.site.Technical(r.Context(), err)
	if !technical {
		f = words(err)
		f.Reason = api.ReasonOf(err)
	}
	h.site.Refuse(w, r, f)
}

func (h *handler) loginWords(err error) wordpress.Refusal {
	if c, ok := errors.AsType[*core.ChallengeError](err); ok {
		return challenge(c.Challenge)
	}
	wrong := "The password you entered is incorrect."
	invalid := "Authentication is invalid. Please check your login details are correct and try again."
	f := refusal(http.StatusUnauthorized, authenticationError, invalid)
	switch e := api.AsError(err); {
	case e.Reason == api.ReasonWrongPassword && h.site.Common.LoginErrors != dialect.Uniform:
		f.Message = wrong
	case e.Reason == api.ReasonEmptyUser, e.Reason == api.ReasonEmptyPassword:
		f.Message = "Authentication invalid!"
	case e.Code == api.Denied:
		f.Code, f.Message = e.Reason, html.EscapeString(e.Public)
	}
	return f
}

// challenge returns the refusal of CoCart's two-factor login: cocart_2fa_required with
// the available providers, which a hook gives as strings.
func challenge(c core.Challenge) wordpress.Refusal {
	kind := strings.TrimPrefix(c.Kind, "cocart_")
	f := refusal(http.StatusUnauthorized, "cocart_"+kind, html.EscapeString(c.Public))
	list := []api.Claim{{Name: kind, Value: true}}
	for _, name := range []string{"available_providers", "default_provider", "email_sent"} {
		text, there := c.Fields[name]
		switch {
		case !there:
		case name == "available_providers":
			list = append(list, api.Claim{Name: name, Value: words(text)})
		case name == "email_sent":
			list = append(list, api.Claim{Name: name, Value: text == "true"})
		default:
			list = append(list, api.Claim{Name: name, Value: text})
		}
	}
	f.Data = api.NewClaims(list...)
	return f
}

// words splits a list such as "totp,email".
func words(text string) []any {
	list := []any{}
	for word := range strings.SplitSeq(text, ",") {
		if word = strings.TrimSpace(word); word != "" {
			list = append(list, word)
		}
	}
	return list
}

func refreshWords(err error) wordpress.Refusal {
	message := "Invalid refresh token."
	if api.ReasonOf(err) == api.ReasonRefreshExpired {
		message = "Refresh token expired."
	}
	return refusal(http.StatusForbidden, authenticationError, message)
}
