package usefulteam

import (
	"cmp"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/server/wordpress"
)

// refresh handles POST /token/refresh: it exchanges the cookie for the next one.
func (h *handler) refresh(w http.ResponseWriter, r *http.Request, p wordpress.Params) {
	if _, err := r.Cookie(cookieName); err != nil {
		h.site.Refuse(w, r, refusal(noCookie, "Refresh token cookie not found."))
		return
	}
	text, err := h.presented(r, deviceOf(p))
	if err != nil {
		h.refuse(w, r, err, refreshWords)
		return
	}
	g, err := h.site.Exchange(r, text)
	if err != nil {
		h.refuse(w, r, err, refreshWords)
		return
	}
	h.setCookie(w, r, g)
	h.site.Answer(w, r, http.StatusOK, success("jwt_auth_valid_token", "Token is valid"))
}

// reasonInvalid marks a cookie that cannot be a refresh token of this device.
const reasonInvalid = "refresh_invalid"

func invalidCookie(public string) error {
	return api.E(api.Unauthenticated, reasonInvalid, public)
}

// presented returns the refresh token in the cookie if it is valid for the device. It
// does not use the token up.
func (h *handler) presented(r *http.Request, device string) (string, error) {
	number, text, err := readCookie(r)
	if err != nil {
		return "", err
	}
	s, id, err := h.site.PeekRefresh(r, text)
	if err != nil {
		return "", err
	}
	if strconv.FormatInt(id.Number, 10) != number {
		return "", api.E(api.Unauthenticated, api.ReasonRefreshUnknown, "the cookie belongs to another user")
	}
	if s.Device == device {
		return text, nil
	}
	return "", h.otherDevice(r, id.Subject, device)
}

// otherDevice returns different errors for a known and an unknown device of the user.
func (h *handler) otherDevice(r *http.Request, subject, device string) error {
	list, err := h.site.Engine.Tokens().LiveSessionsOn(r.Context(), subject, h.site.Mount.Name, device)
	if err != nil {
		return err
	}
	if len(list) > 0 {
		return api.E(api.Unauthenticated, api.ReasonRefreshUnknown, "the cookie belongs to another device")
	}
	return invalidCookie("no such device")
}

const cookieName = "refresh_token"

// readCookie parses the cookie "<user's number>.<refresh token>", decoded as in PHP.
func readCookie(r *http.Request) (number, text string, err error) {
	c, err := r.Cookie(cookieName)
	if err != nil {
		return "", "", invalidCookie("no cookie")
	}
	value, err := url.QueryUnescape(c.Value)
	if err != nil {
		return "", "", invalidCookie("the cookie is not a value in percent-encoding")
	}
	number, text, _ = strings.Cut(value, ".")
	if number == "" || number[0] < '1' || number[0] > '9' || text == "" || strings.Contains(text, ".") {
		return "", "", invalidCookie("the cookie is not a user's number, a dot and a token")
	}
	return number, text, nil
}

func (h *handler) setCookie(w http.ResponseWriter, r *http.Request, g core.TokenPair) {
	life := g.RefreshExpires.Sub(g.Access.IssuedAt).Truncate(time.Second)
	http.SetCookie(w, &http.Cookie{
		Name: cookieName, Value: strconv.FormatInt(g.Identity.Number, 10) + "." + g.Refresh.Reveal(),
		Path: cmp.Or(h.site.API.Home(), "/"), Expires: g.RefreshExpires, MaxAge: int(life.Seconds()),
		HttpOnly: true, Secure: h.cfg.secures() || r.TLS != nil || strings.HasPrefix(h.site.Mount.Issuer, "https://"),
		SameSite: h.cfg.sameSite(), Partitioned: h.cfg.CookiePartitioned,
	})
}
