package samples

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// schema identifies the format of the collection to Postman and newman.
const schema = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"

// The parts of a Postman collection, format 2.1.
type (
	collection struct {
		Info     info       `json:"info"`
		Item     []folder   `json:"item"`
		Variable []variable `json:"variable"`
	}
	info struct {
		Name        string `json:"name"`
		Description string `json:"description"`
		Schema      string `json:"schema"`
	}
	folder struct {
		Name string `json:"name"`
		Item []item `json:"item"`
	}
	item struct {
		Name    string  `json:"name"`
		Event   []event `json:"event"`
		Request request `json:"request"`
	}
	event struct {
		Listen string `json:"listen"`
		Script script `json:"script"`
	}
	script struct {
		Type string   `json:"type"`
		Exec []string `json:"exec"`
	}
	request struct {
		Method string     `json:"method"`
		Header []variable `json:"header"`
		Body   *body      `json:"body,omitempty"`
		URL    string     `json:"url"`
	}
	body struct {
		Mode       string     `json:"mode"`
		Raw        string     `json:"raw,omitempty"`
		URLEncoded []variable `json:"urlencoded,omitempty"`
	}
	variable struct {
		Key   string `json:"key"`
		Value string `json:"value"`
	}
)

// Postman writes a collection in the format 2.1 with one folder for each site: a request for
// a token, one for a resource, and those that validate and refresh the token, where the
// dialect has such routes. The name and the password are the variables login and password.
func Postman(w io.Writer, sites []Site) error {
	c := collection{
		Info: info{Name: "Cardea", Schema: schema,
			Description: "Set the variables login and password, then run a folder from its first request on."},
		Variable: []variable{{Key: "login"}, {Key: "password"}},
	}
	for _, s := range sites {
		c.Item = append(c.Item, s.calls().folder())
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(c)
}

func (c calls) folder() folder {
	f := folder{Name: c.Name, Item: []item{c.login(), c.withToken("resource", c.Resource)}}
	if c.Validate.URL != "" {
		f.Item = append(f.Item, c.withToken("validate", c.Validate))
	}
	if c.Refresh.URL != "" {
		f.Item = append(f.Item, c.refresh())
	}
	return f
}

// login stores the tokens of the answer in variables of the collection.
func (c calls) login() item {
	i := c.Login.item("token")
	if c.Form {
		i.Request.Body = formBody(variable{c.UserField, "{{login}}"}, variable{c.PasswordField, "{{password}}"})
	} else {
		i.setJSON("{" + jsonText(c.UserField) + ": pm.variables.get('login'), " + jsonText(c.PasswordField) + ": pm.variables.get('password')}")
	}
	if len(c.Token) == 0 {
		i.after("pm.collectionVariables.set('token', pm.response.text().trim())")
	} else {
		i.after("pm.collectionVariables.set('token', pm.response.json()" + member(c.Token) + ")")
	}
	if c.Refresh.URL != "" && c.Cookie == "" {
		i.after("pm.collectionVariables.set('refresh_token', pm.response.json()" + member(c.RefreshToken) + ")")
	}
	return i
}

func (c calls) withToken(name string, at call) item {
	i := at.item(name)
	i.Request.Header = append(i.Request.Header, variable{c.Header, c.Word + "{{token}}"})
	return i
}

func (c calls) refresh() item {
	i := c.Refresh.item("refresh")
	switch {
	case c.Cookie != "": // Postman keeps it from the login
	case c.Form:
		i.Request.Body = formBody(variable{"refresh_token", "{{refresh_token}}"})
	default:
		i.setJSON("{refresh_token: pm.variables.get('refresh_token')}")
	}
	return i
}

// item returns a request whose test wants success.
func (c call) item(name string) item {
	i := item{Name: name, Request: request{Method: c.Method, URL: c.URL, Header: []variable{}}}
	i.after("pm.test(" + jsonText(name) + ", () => pm.response.to.be.success)")
	return i
}

// setJSON sends an object as JSON; it is encoded by a script, since a variable may contain
// quotes.
func (i *item) setJSON(object string) {
	i.Request.Header = append(i.Request.Header, variable{"Content-Type", "application/json"})
	i.Request.Body = &body{Mode: "raw", Raw: "{{body}}"}
	i.run("prerequest", "pm.variables.set('body', JSON.stringify("+object+"))")
}

func (i *item) after(line string) { i.run("test", line) }

func (i *item) run(moment, line string) {
	for n := range i.Event {
		if i.Event[n].Listen == moment {
			i.Event[n].Script.Exec = append(i.Event[n].Script.Exec, line)
			return
		}
	}
	i.Event = append(i.Event, event{moment, script{"text/javascript", []string{line}}})
}

func formBody(list ...variable) *body { return &body{Mode: "urlencoded", URLEncoded: list} }

// member returns how JavaScript reads a member of an object.
func member(path []string) string {
	var out strings.Builder
	for _, name := range path {
		fmt.Fprintf(&out, "[%s]", jsonText(name))
	}
	return out.String()
}
