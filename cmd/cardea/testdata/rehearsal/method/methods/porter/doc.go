// Package porter is a method whose users are known by a word that the porter gave them.
package porter
