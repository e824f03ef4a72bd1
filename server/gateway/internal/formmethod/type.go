package formmethod

import (
	"mime"
	"regexp"
	"slices"
	"strings"
)

// form is a body format in which frameworks look for _method.
type form struct {
	kind  string            // substring of the Content-Type
	names func(spot) bool   // reports whether a spot is the name _method
	plain *regexp.Regexp    // matches the usual spelling, with the value; nil: no usual spelling
	veils func(piece) bool  // reports whether a spelling may be that of any name; nil: there is none
	joins bool              // whether some programs join lines, as if there were no line end
	codes func(string) bool // reports whether values may be encoded, in lower case; nil: they are not
}

// plainOthers matches the names of otherNames.
const plainOthers = `x-http-method(?:-override)?|x-method-override|x-tunneled-method|__method_override__|_httpmethod`

// forms lists all formats. The patterns find a separator before the beginning of a body.
var forms = []form{
	{
		"urlencoded",
		spot.isParameter,
		regexp.MustCompile(`(?i)[&;](?:(?:_|%5f)method|` + plainOthers + `)=([a-z-]+)(?:[&;]|(?:\r?\n)?$)`),
		nil,
		false,
		nil,
	},
	{
		"multipart",
		spot.isPart,
		regexp.MustCompile(`(?i)\r\nContent-Disposition: form-data; name=(?:"(?:_method|` + plainOthers + `)"|(?:_method|` + plainOthers + `))\r\n(?:Content-Type: text/plain(?:; charset=utf-8)?\r\n)?\r\n([a-z-]+)\r\n--`),
		hasVeiledName,
		true,
		hasTransferEncoding,
	},
	{
		"json",
		spot.isMember,
		regexp.MustCompile(`"(?:_method|(?i:` + plainOthers + `))"\s*:\s*"([A-Za-z-]+)"\s*[,}]`),
		nil,
		false,
		nil,
	},
	{
		"xml",
		spot.isElement,
		nil,
		nil,
		false,
		nil,
	},
}

// formsOf returns the formats that a Content-Type may mean: all, unless it names exactly
// one.
func formsOf(kind []string) []form {
	text := strings.ToLower(strings.Join(kind, ","))
	var out []form
	for _, one := range forms {
		if strings.Contains(text, one.kind) {
			out = append(out, one)
		}
	}
	if len(kind) != 1 || len(out) != 1 {
		return forms
	}
	return out
}

// IsEncoded reports whether a Content-Type is, or could be taken for, that of a URL-encoded
// form.
func IsEncoded(kind []string) bool {
	return strings.Contains(strings.ToLower(strings.Join(kind, ",")), "x-www-form-urlencoded")
}

// IsNoForm reports whether a Content-Type is well-formed and no framework parses
// parameters from it. Some frameworks ignore what precedes a suffix such as +xml.
func IsNoForm(kind []string) bool {
	if len(kind) != 1 {
		return false
	}
	text := strings.ToLower(kind[0])
	one, _, err := mime.ParseMediaType(text)
	if err != nil || slices.ContainsFunc(forms, func(f form) bool { return strings.Contains(text, f.kind) }) {
		return false
	}
	switch top, _, _ := strings.Cut(one, "/"); top {
	case "image", "audio", "video", "font":
		return true
	}
	return slices.Contains([]string{
		"text/plain", "text/csv", "text/html", "text/markdown", "text/calendar",
		"application/octet-stream", "application/pdf", "application/zip", "application/gzip", "application/x-tar",
		"application/protobuf", "application/x-protobuf", "application/grpc", "application/grpc+proto",
		"application/grpc-web", "application/grpc-web+proto",
	}, one)
}

// readable matches charsets in which _method has its ASCII bytes.
var readable = regexp.MustCompile(`^\s*=\s*["']?(?:utf-?8|us-ascii|iso-8859-1)(?:["';,\s]|$)`)

// IsReadable reports whether all charsets of a Content-Type are readable.
func IsReadable(kind []string) bool {
	parts := strings.Split(strings.ToLower(strings.Join(kind, ",")), "charset")
	return !slices.ContainsFunc(parts[1:], func(rest string) bool { return !readable.MatchString(rest) })
}
