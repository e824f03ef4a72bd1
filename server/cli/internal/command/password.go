package command

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/server/manage"
)

// PasswordHelp is the part of a command's help that explains [PasswordFlags].
const PasswordHelp = `Without --password-stdin and --password-file a random password is generated and
shown once. A pipe on standard input is then refused, since it may be a password
that the command would not read. A terminal, /dev/null and empty input are fine.`

// PasswordFlags says where a password is read from. It is never an argument, since other
// users of the machine could see it.
type PasswordFlags struct {
	file  string
	stdin bool
	hash  string // file with a hash instead of a password
}

// Add adds the flags to a command.
func (p *PasswordFlags) Add(cmd *cobra.Command) {
	cmd.Flags().StringVar(&p.file, "password-file", "", "read the password from the first line of this file")
	cmd.Flags().BoolVar(&p.stdin, "password-stdin", false, "read the password from the first line of standard input")
}

// AddHash adds the flag for an existing hash.
func (p *PasswordFlags) AddHash(cmd *cobra.Command) {
	cmd.Flags().StringVar(&p.hash, "hash-file", "", "import a password hash from another system: the first line of this file")
}

// ReadFor sets the user's password or password hash; see Read.
func (p *PasswordFlags) ReadFor(cmd *cobra.Command, u *manage.NewUser) (text api.Secret, made bool, err error) {
	if err := Exclusive(cmd, "hash-file", "password-file", "password-stdin"); err != nil {
		return "", false, err
	}
	if p.hash == "" {
		text, made, err = p.Read(cmd)
		u.Password = text.Reveal()
		return text, made, err
	}
	line, err := FirstLine(os.Open(p.hash))
	if err == nil && line == "" {
		err = errors.New("it is empty")
	}
	if err != nil {
		return "", false, fmt.Errorf("read password hash: %w", err)
	}
	u.Hash = line
	return "", false, nil
}

// Read returns the password; made reports whether it was generated. An empty password is
// refused as a likely mistake, and so is a pipe without --password-stdin.
func (p *PasswordFlags) Read(cmd *cobra.Command) (text api.Secret, made bool, err error) {
	if err := Exclusive(cmd, "password-file", "password-stdin"); err != nil {
		return "", false, err
	}
	line := ""
	switch {
	case p.file != "":
		line, err = FirstLine(os.Open(p.file))
	case p.stdin:
		line, err = FirstLine(cmd.InOrStdin(), nil)
	default:
		return api.Secret(rand.Text()), true, Unpiped(cmd.InOrStdin())
	}
	if err == nil && line == "" {
		err = errors.New("it is empty")
	}
	if err != nil {
		return "", false, fmt.Errorf("read password: %w", err)
	}
	return api.Secret(line), false, nil
}

// ShowPassword prints a generated password of a user.
func ShowPassword(w io.Writer, login string, text api.Secret, made bool) {
	if made {
		ShowOnce(w, fmt.Sprintf("password: %s   (shown once)\n", text.Reveal()),
			fmt.Sprintf("the new password of %s is lost: 'cardea user passwd %s' sets another", login, Argument(login)))
	}
}
