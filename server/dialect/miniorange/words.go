package miniorange

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/server/dialect"
	"github.com/cardea-auth/cardea/server/wordpress"
)

// envelope is the plugin's format of a refusal, with the code as a string.
func envelope(f wordpress.Refusal) api.Claims {
	return api.NewClaims(
		api.Claim{Name: "status", Value: "error"},
		api.Claim{Name: "error", Value: f.Code},
		api.Claim{Name: "code", Value: strconv.Itoa(f.Status)},
		api.Claim{Name: "error_description", Value: f.Message},
	)
}

// notAllowed is the plugin's message for unauthorized requests.
const notAllowed = "Sorry, you are not allowed to access REST API."

// codeless is the format of the plugin's refusals outside its own routes.
func codeless(f wordpress.Refusal) api.Claims {
	return api.NewClaims(
		api.Claim{Name: "status", Value: "error"},
		api.Claim{Name: "error", Value: f.Code},
		api.Claim{Name: "error_description", Value: f.Message},
	)
}

// restricted is the format of refusals on routes that are never served.
func restricted(f wordpress.Refusal) api.Claims {
	return codeless(f).With("error_reason", "No rule allows this route.")
}

func refusal(status int, code, message string) wordpress.Refusal {
	return wordpress.Refusal{Status: status, Code: code, Message: message}
}

func unauthorized(code, message string) wordpress.Refusal {
	return refusal(http.StatusUnauthorized, code, message)
}

// refuse answers an error; unless it is technical, it counts as a failure of the
// address.
func (h *handler) refuse(w http.ResponseWriter, r *http.Request, err error, words func(error) wordpress.Refusal) {
	if api.CodeOf(err) == api.Throttled {
		h.tooMany(w, r, api.AsError(err).RetryAfter)
		return
	}
	f, technical := h.site.Technical(r.Context(), err)
	if !technical {
		h.fail(r)
		f = words(err)
		f.Reason = api.ReasonOf(err)
	}
	h.site.Refuse(w, r, f)
}

func (h *handler) tooMany(w http.ResponseWriter, r *http.Request, wait time.Duration) {
	f := refusal(http.StatusTooManyRequests, codes().TooMany, "Too many requests. Please try again later.")
	f.RetryAfter = wait
	h.site.Refuse(w, r, f)
}

// codes follow the plugin's style; one of them is its own.
func codes() dialect.Codes {
	return dialect.Codes{TooMany: "TOO_MANY_REQUESTS", Unavailable: "SERVICE_UNAVAILABLE"}
}

// fail counts a failure of the address.
func (h *handler) fail(r *http.Request) {
	h.site.Engine.CountGuess(r.Context(), h.guess(h.site.From(r).Addr))
}

// barred rejects an address with too many recent failures.
func (h *handler) barred(w http.ResponseWriter, r *http.Request) bool {
	wait, out := h.site.Engine.GuessedOut(r.Context(), h.guess(h.site.From(r).Addr))
	if out {
		h.tooMany(w, r, wait)
	}
	return out
}

// loginWords returns one message for all errors, except those of hooks.
func loginWords(err error) wordpress.Refusal {
	if e := api.AsError(err); e.Code == api.Denied || e.Reason == api.ReasonChallenge {
		return refusal(http.StatusForbidden, strings.ToUpper(e.Reason), e.Public)
	}
	return refusal(http.StatusBadRequest, "INVALID_CREDENTIALS", "Invalid username or password.")
}

func refreshWords(err error) wordpress.Refusal {
	if api.ReasonOf(err) == api.ReasonRefreshExpired {
		return unauthorized("REFRESH_TOKEN_EXPIRED", "The refresh token has expired.")
	}
	return unauthorized("INVALID_REFRESH_TOKEN", "The refresh token is invalid.")
}

func tokenWords(text string) func(error) wordpress.Refusal {
	return func(err error) wordpress.Refusal {
		switch api.ReasonOf(err) {
		case api.ReasonTokenMalformed:
			switch {
			case !readable(text):
				return unauthorized("SEGMENT_FAULT", "Incorrect JWT Format.")
			case unsigned(text):
				return unauthorized("UNAUTHORIZED", "Incorrect JWT Format.")
			}
			return invalidSignature()
		case api.ReasonTokenSignature:
			return invalidSignature()
		case api.ReasonTokenAlgorithm, api.ReasonTokenHeader:
			return unauthorized("UNAUTHORIZED", "Incorrect JWT Format.")
		case api.ReasonTokenExpired:
			return unauthorized("TOKEN_EXPIRED", "The token has expired.")
		case api.ReasonTokenRevoked:
			return unauthorized("TOKEN_REVOKED", "The token has been revoked.")
		}
		return unauthorized("UNAUTHORIZED", notAllowed)
	}
}

func invalidKey() wordpress.Refusal {
	return unauthorized("INVALID_API_KEY", "Sorry, you are using an invalid API key.")
}

func invalidSignature() wordpress.Refusal {
	return unauthorized("INVALID_SIGNATURE", "JWT Signature is invalid.")
}

// readable reports whether the plugin can parse header and payload of an invalid token:
// it checks only those before the signature, and ignores characters outside of base64.
func readable(text string) bool {
	parts := strings.Split(text, ".")
	return len(parts) > 1 && isJSON(parts[0]) && isJSON(parts[1])
}

// unsigned reports whether the header of a readable token names no algorithm, or none: the
// plugin looks at it before the signature.
func unsigned(text string) bool {
	header, _, _ := strings.Cut(text, ".")
	var h struct{ Alg any }
	err := json.Unmarshal(decoded(header), &h)
	name, _ := h.Alg.(string)
	return err == nil && (name == "" || strings.EqualFold(name, "none"))
}

func isJSON(part string) bool { return json.Valid(decoded(part)) }

// decoded decodes the base64 of a part; nil if it is none.
func decoded(part string) []byte {
	known := strings.Map(func(c rune) rune {
		if c == '-' || c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' {
			return c
		}
		return -1
	}, part)
	raw, err := base64.RawURLEncoding.DecodeString(known)
	if err != nil {
		return nil
	}
	return raw
}
