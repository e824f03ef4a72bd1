// Package jwtauth describes how clients use the plugins that have the namespace jwt-auth/v1,
// for the dialects of these plugins.
package jwtauth
