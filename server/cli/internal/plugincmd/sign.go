package plugincmd

import (
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/files"
	"github.com/cardea-auth/cardea/core/keys"
	"github.com/cardea-auth/cardea/plugins/manifest"
	"github.com/cardea-auth/cardea/server/cli/internal/command"
)

func newSign() *cobra.Command {
	var key string
	var generate bool
	cmd := &cobra.Command{
		Use:   "sign --key FILE [PATH]",
		Short: "Sign a plugin's module and manifest",
		Long: `Sign a plugin's module and manifest: the signature, a JWS, is written beside the
module with .jws in place of .wasm. The key is a private one, PEM or JWK; --generate
creates it, with the public key beside it (.pub) for those who verify, also if there
is not a plugin to sign yet.`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			p, err := openProject(pathArg(args), command.Points(cmd)...)
			keyOnly := generate && len(args) == 0 && errors.Is(err, errNoManifest)
			if err != nil && !keyOnly {
				return err
			}
			if generate {
				if err := generateKey(key); err != nil {
					return err
				}
				fmt.Fprintf(cmd.OutOrStdout(), "Created the key %s, and %s.pub for those who verify.\n", key, key)
			}
			if keyOnly {
				fmt.Fprintf(cmd.OutOrStdout(), "There is no plugin here to sign.\nNext: cardea plugin sign --key %s PATH\n", key)
				return nil
			}
			return signPlugin(cmd, p, pathArg(args), key)
		},
	}
	cmd.Flags().StringVar(&key, "key", "", "file with the private key")
	cmd.Flags().BoolVar(&generate, "generate", false, "create the key first; never overwrites one")
	return cmd
}

func signPlugin(cmd *cobra.Command, p project, path, file string) error {
	key, err := readKey(file)
	if err != nil {
		return missingKey(err, "must be a private key, PEM or JWK; cardea plugin sign --generate --key "+file+" creates one")
	}
	m, err := p.module()
	if err != nil {
		return err
	}
	signature, err := manifest.Sign(m.Wasm, m.Manifest, key)
	if err != nil {
		return err
	}
	if err := os.WriteFile(p.signature(), append(signature, '\n'), 0o644); err != nil {
		return err
	}
	fmt.Fprintf(cmd.OutOrStdout(), "Signed %s as %s.\nNext: cardea plugin verify --key %s %s\n", p.wasm, p.signature(), publicOf(file), path)
	return nil
}

// publicOf returns the file with the public part of a key, if --generate created it.
func publicOf(file string) string {
	if command.Exists(file + ".pub") {
		return file + ".pub"
	}
	return "PUBLIC-KEY"
}

func newVerify() *cobra.Command {
	var key string
	cmd := &cobra.Command{
		Use:   "verify --key FILE [PATH]",
		Short: "Check a plugin's signature with a public key",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			p, err := openProject(pathArg(args), command.Points(cmd)...)
			if err != nil {
				return err
			}
			public, err := readKey(key)
			if err != nil {
				return missingKey(err, "must be the author's public key, PEM or JWK; cardea plugin sign --generate --key FILE creates a key, and FILE.pub to verify with")
			}
			return verifyPlugin(cmd, p, public)
		},
	}
	cmd.Flags().StringVar(&key, "key", "", "file with the public key")
	return cmd
}

func verifyPlugin(cmd *cobra.Command, p project, key api.Key) error {
	m, err := p.module()
	if err != nil {
		return err
	}
	signature, err := files.Read(p.signature(), maxModule)
	if errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("%w: the plugin is not signed; its author signs it with cardea plugin sign", err)
	}
	if err != nil {
		return err
	}
	kid, err := manifest.Verify(m.Wasm, m.Manifest, signature, []api.Key{key})
	if err != nil {
		return fmt.Errorf("%s: %w", p.wasm, err)
	}
	fmt.Fprintf(cmd.OutOrStdout(), "%s is signed by %s, sha256 %s\nNext: in cardea.yaml, set signed: true at the plugin, and add the key to sandbox.signers\n", p.wasm, kid, digestOf(m.Wasm))
	return nil
}

// signature returns the path of a plugin's signature.
func (p project) signature() string {
	return strings.TrimSuffix(p.wasm, filepath.Ext(p.wasm)) + ".jws"
}

// generateKey writes a new key and its public part. It does not overwrite files.
func generateKey(file string) error {
	if file == "" {
		return errNoKey
	}
	key, err := keys.Generate("EdDSA", rand.Reader)
	if err != nil {
		return err
	}
	for _, part := range []struct {
		file    string
		private bool
		mode    os.FileMode
	}{{file, true, 0o600}, {file + ".pub", false, 0o644}} {
		text, err := keys.ExportJWK(key, part.private)
		if err != nil {
			return err
		}
		if err := writeOnce(part.file, append(text, '\n'), part.mode); err != nil {
			return err
		}
	}
	return nil
}

func writeOnce(file string, text []byte, mode os.FileMode) error {
	f, err := os.OpenFile(file, os.O_CREATE|os.O_EXCL|os.O_WRONLY, mode)
	if errors.Is(err, os.ErrExist) {
		return fmt.Errorf("%w: leave --generate out to use the existing key, or give another name", err)
	}
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	return errors.Join(err, f.Close())
}

var errNoKey = errors.New("no key: name its file with --key; cardea plugin sign --generate --key FILE creates one")

// missingKey adds what is expected to the error of a missing file.
func missingKey(err error, expected string) error {
	if !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return fmt.Errorf("%w: %s", err, expected)
}

// readKey reads a key in PEM or JWK form.
func readKey(file string) (api.Key, error) {
	if file == "" {
		return api.Key{}, errNoKey
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return api.Key{}, err
	}
	key, err := keys.Parse(text)
	if err != nil {
		return key, fmt.Errorf("%s: %w", file, err)
	}
	return key, nil
}
