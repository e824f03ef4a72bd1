// Package siteconfig writes what connects a WordPress and a gateway: lines of the gateway's
// configuration and of the site's wp-config.php. Commands call it; it asks no site.
//
//	quickstart  -> Methods, Mount, Tokens, Rules -> cardea.yaml
//	            -> Constants, Plugin             -> cardea.php
//	keys export -> ExportConstants               -> lines for wp-config.php
package siteconfig
