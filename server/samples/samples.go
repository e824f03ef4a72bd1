package samples

import (
	"cmp"
	"embed"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/template"

	"github.com/cardea-auth/cardea/server/dialect"
)

// Site is where the calls of a sample go.
type Site struct {
	Name   string // name of the mount, or of the dialect
	URL    string // scheme, host and path in front of the client's paths, without trailing slash
	Client dialect.Client

	Header string // header that carries the token; "" is Authorization, with the word Bearer
	Word   string // word in front of the token in Header
}

//go:embed *.tmpl
var files embed.FS

// Languages returns the names that [Write] knows.
func Languages() []string { return []string{"curl", "fetch", "php", "python", "dart"} }

// Write writes one program with the calls of all sites, in their order. An unknown language
// is an error.
func Write(w io.Writer, language string, sites []Site) error {
	if !slices.Contains(Languages(), language) {
		return fmt.Errorf("there is no language %q: choose one of %s", language, strings.Join(Languages(), ", "))
	}
	t, err := template.New(language+".tmpl").Funcs(functions(language)).ParseFS(files, language+".tmpl")
	if err != nil {
		return err
	}
	list := make([]calls, len(sites))
	for i, s := range sites {
		list[i] = s.calls()
	}
	cookies := slices.ContainsFunc(list, func(c calls) bool { return c.Cookie != "" })
	return t.Execute(w, map[string]any{"Sites": list, "Cookies": cookies})
}

// call is one request; the zero value is none.
type call struct{ Method, URL string }

// calls are what the templates print of a site.
type calls struct {
	Name, Plugin string

	Login                    call
	Form                     bool
	UserField, PasswordField string
	Token                    []string // empty: the answer's text is the token

	Header, Word string // Word with the blank after it

	Resource, Validate, Refresh call
	RefreshToken                []string
	Cookie                      string // of the refresh token, instead of RefreshToken
}

func (s Site) calls() calls {
	c := s.Client
	list := calls{
		Name: oneLine(s.Name), Plugin: oneLine(c.Plugin),
		Login: s.call(c.Login), Form: c.Form, UserField: cmp.Or(c.UserField, "username"), PasswordField: cmp.Or(c.PasswordField, "password"),
		Token: c.Token, Header: s.Header, Word: s.Word,
		Resource: s.call(c.Try), Validate: s.call(c.Validate), Refresh: s.call(c.Refresh),
		RefreshToken: c.RefreshToken, Cookie: c.RefreshCookie,
	}
	if list.Header == "" {
		list.Header, list.Word = "Authorization", "Bearer"
	}
	if list.Word != "" {
		list.Word += " "
	}
	if list.Validate == list.Resource {
		list.Validate = call{} // one request is enough
	}
	return list
}

func (s Site) call(c dialect.Call) call {
	if c.Path == "" {
		return call{}
	}
	return call{c.Method, s.URL + c.Path}
}

// oneLine returns a text for a comment.
func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }
