package sitecheck

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"
)

// snippets returns the texts to paste, by purpose and server name. The page of the
// WordPress example contains the same texts and tests them.
func snippets() map[string]map[string]string {
	return map[string]map[string]string{"authorization-header": {
		"apache": `# .htaccess, above WordPress's own lines
RewriteEngine On
RewriteCond %{HTTP:Authorization} ^(.+)$
RewriteRule ^ - [E=HTTP_AUTHORIZATION:%1]
`,
		"apache-setenvif": `# .htaccess, outside of any <IfModule>: for hosts such as WP Engine
SetEnvIf Authorization "(.+)" HTTP_AUTHORIZATION=$1
`,
		"apache-cgi": `# .htaccess or server configuration: Apache 2.4.13 or newer with PHP-FPM or CGI
CGIPassAuth On
`,
		"nginx": `# where fastcgi_pass stands
fastcgi_param HTTP_AUTHORIZATION $http_authorization;
`,
	}}
}

// NewSnippet returns the snippet command.
func NewSnippet() *cobra.Command {
	var purpose string
	cmd := &cobra.Command{
		Use:   "snippet NAME --for PURPOSE",
		Short: "Print what to paste into the configuration of another server",
		Long: `Print what to paste into the configuration of another server.

For authorization-header, which keeps the Authorization header from being dropped
before PHP sees it: apache, apache-setenvif, apache-cgi, nginx. Where none of them
can be set, give the site a header of its own (mounts: header: {name: X-Site-Token}),
or one route (rules: header).`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			byName, ok := snippets()[purpose]
			if !ok {
				return fmt.Errorf("--for %q: write one of %s", purpose, strings.Join(slices.Sorted(maps.Keys(snippets())), ", "))
			}
			text, ok := byName[args[0]]
			if !ok {
				return fmt.Errorf("no snippet is called %q for %s: choose one of %s", args[0], purpose, strings.Join(slices.Sorted(maps.Keys(byName)), ", "))
			}
			_, err := fmt.Fprint(cmd.OutOrStdout(), text)
			return err
		},
	}
	cmd.Flags().StringVar(&purpose, "for", "authorization-header", "what it is for")
	return cmd
}
