package snippet

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

// New returns the command.
func New() *cobra.Command {
	var purpose string
	cmd := &cobra.Command{
		Use:   "snippet NAME --for PURPOSE",
		Short: "Print a snippet for the configuration of another server",
		Long: `Print a snippet for the configuration of another server.

For authorization-header, which passes the Authorization header on to PHP: apache,
apache-setenvif, apache-cgi, nginx. If none of them can be used, give the site a
header of its own (mounts: header: {name: X-Site-Token}), or a route (rules: header).`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			byName, ok := snippets()[purpose]
			if !ok {
				return fmt.Errorf("--for is %q, must be one of %s", purpose, strings.Join(slices.Sorted(maps.Keys(snippets())), ", "))
			}
			text, ok := byName[args[0]]
			if !ok {
				return fmt.Errorf("there is no snippet %q for %s: choose one of %s", args[0], purpose, strings.Join(slices.Sorted(maps.Keys(byName)), ", "))
			}
			_, err := fmt.Fprint(cmd.OutOrStdout(), text)
			return err
		},
	}
	cmd.Flags().StringVar(&purpose, "for", "authorization-header", "purpose of the snippet")
	return cmd
}
