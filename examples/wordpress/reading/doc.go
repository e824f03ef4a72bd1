// Package reading compares how the gateway reads a request with how a real WordPress and
// PHP read it: paths and queries with WordPress's own code, and names in forms with PHP's
// own parsers. Its fuzz targets extend that.
package reading
