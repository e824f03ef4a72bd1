// Package reading compares what the gate takes a request for with what a real
// WordPress and a real PHP find in it: paths and queries, by WordPress's own code;
// and names in forms, by PHP's own parsers. Its fuzz targets go on from there.
package reading
