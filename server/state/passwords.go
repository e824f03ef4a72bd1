package state

import (
	"fmt"

	"github.com/cardea-auth/cardea/core/files"
	"github.com/cardea-auth/cardea/server/assertion"
	"github.com/cardea-auth/cardea/server/config"
)

// ApplicationPasswords returns the application passwords for an upstream: one for all
// requests, or one for each user from its file.
func ApplicationPasswords(u config.Upstream) (assertion.PasswordConfig, error) {
	if u.PasswordsFile == "" {
		return assertion.PasswordConfig{Login: u.Login, Password: u.Password}, nil
	}
	text, err := files.Read(u.PasswordsFile, MaxKeyFile)
	if err != nil {
		return assertion.PasswordConfig{}, fmt.Errorf("passwords_file: %w", err)
	}
	each, err := assertion.ReadPasswords(string(text))
	if err != nil {
		return assertion.PasswordConfig{}, fmt.Errorf("passwords_file %s: %w", u.PasswordsFile, err)
	}
	return assertion.PasswordConfig{Each: each}, nil
}
