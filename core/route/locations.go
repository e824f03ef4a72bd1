package route

// variables returns the variables of a CGI request (RFC 3875 section 4.1, and those that
// servers add) as header names, without those of the user, which [Identities] has. Some
// servers take a variable from the header with its name.
func variables() []string {
	return []string{
		"gateway-interface", "path-info", "path-translated", "query-string", "request-method", "script-*", "server-*",
		"request-uri", "request-url", "request-path", "request-scheme", "request-filename", "https", "document-*", "redirect-*", "orig-*",
		"unencoded-url", "appl-md-path", "appl-physical-path", "context-prefix", "context-document-root", "local-addr",
	}
}

// Locations returns the headers by which single products are told another path, mount
// point, virtual host or service than the request's own, by a proxy in front of them.
func Locations() []string {
	return []string{
		// Mounts of WSGI, Daphne, repoze.vhm, Catalyst, Mojolicious, Plack, Home Assistant, NiFi, Posit, Artifactory.
		"x-script-name", "x-request-base", "x-traversal-path", "x-ingress-path", "daphne-*", "x-vhm-*",
		"x-proxycontextpath", "x-proxyhost", "x-proxyport", "x-proxyscheme", "x-rstudio-request", "x-rstudio-root-path", "x-rsc-request",
		"x-jfrog-override-base-url", "x-artifactory-override-base-url", "x-request-uri",
		"-wssn", "-wssp", "-wsis", "-wsrh", "-wssc", "-wspt", // WebSphere's virtual hosts: $WSSN
		"x-tomcat-docroot", "x-webserver-context", "x-vdirs", "x-modcfml-*", "xajp-*", "x-weblogic-*", // mod_cfml, BonCode, WebLogic
		"x-waws-*", "x-iisnode-*", "disguised-host", "was-default-hostname", // Azure App Service
		"x-invoke-*", "x-matched-path", "x-now-route-matches", "x-astro-*", // Next.js, Astro
		"l5d-*", "dtab-*", "dapr-app-id", "dapr-caller-*", "knative-serving-*", // Linkerd, Finagle, Dapr, Knative
	}
}
