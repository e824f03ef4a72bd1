package tokencmd

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/keys"
	"github.com/cardea-auth/cardea/core/token"
	"github.com/cardea-auth/cardea/server/cli/internal/command"
	"github.com/cardea-auth/cardea/server/config"
)

// errRefused makes the command exit with status 1; the refusals are already printed.
var errRefused = errors.New("at least one token is refused")

// verifyFlags are the flags of token verify.
type verifyFlags struct {
	jwks        string
	issuers     []string
	audiences   []string
	maxLifetime config.Duration
	json        bool
}

func newVerify() *cobra.Command {
	var f verifyFlags
	cmd := &cobra.Command{
		Use:   "verify --jwks FILE [--issuer URL] [--audience NAME]",
		Short: "Check tokens strictly against a key set, without a server",
		Long: `Check tokens strictly against a key set, without a server.

Reads one token per line from standard input and prints one line for each. A line
that starts with a quotation mark is a JSON string, for tokens with characters
that a line cannot contain. The exit status is 1 if any token is refused.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			v, err := f.verifier()
			if err != nil {
				return err
			}
			return v.lines(cmd.InOrStdin(), cmd.OutOrStdout(), f.json)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&f.jwks, "jwks", "", "file with the JWK set, or the public key or certificate in PEM, to verify with")
	flags.StringArrayVar(&f.issuers, "issuer", nil, "accepted iss; repeat for several (default: any)")
	flags.StringArrayVar(&f.audiences, "audience", nil, "accepted aud; repeat for several (default: any)")
	command.DurationVar(flags, &f.maxLifetime, "max-lifetime", "maximum of exp - iat, such as 24h (default: none)")
	flags.BoolVar(&f.json, "json", false, "print one JSON object per line")
	cmd.MarkFlagRequired("jwks") // the flag is defined above: cannot fail
	return cmd
}

// tokenVerifier checks the signature and claims of tokens, without a store.
type tokenVerifier struct {
	keys    *token.Verifier
	profile token.Profile
}

func (f verifyFlags) verifier() (*tokenVerifier, error) {
	set, err := readKeys(f.jwks)
	if err != nil {
		return nil, err
	}
	v := &tokenVerifier{
		keys:    token.NewVerifier(set...),
		profile: token.Profile{Issuers: f.issuers, Audiences: f.audiences, Require: []string{"sub"}, MaxLifetime: f.maxLifetime.Std()},
	}
	return v, nil
}

// maxKeyFile is the maximum size of a key set in bytes.
const maxKeyFile = 1 << 20

func readKeys(path string) ([]api.Key, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("--jwks: %w", err)
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, maxKeyFile))
	if err != nil {
		return nil, fmt.Errorf("--jwks: %w", err)
	}
	set, err := keys.ParseSet(data)
	if err != nil {
		return nil, fmt.Errorf("--jwks %s: %w", path, err)
	}
	return set, nil
}

// verdict is the result for one line.
type verdict struct {
	Valid  bool   `json:"valid"`
	Code   string `json:"code"`
	Reason string `json:"reason"`
}

func (v *tokenVerifier) lines(in io.Reader, out io.Writer, asJSON bool) error {
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, command.MaxTokenText)
	refused := false
	for lines.Scan() {
		answer := v.check(lines.Text())
		refused = refused || !answer.Valid
		if err := answer.print(out, asJSON); err != nil {
			return err
		}
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("read tokens: %w", err)
	}
	if refused {
		return errRefused
	}
	return nil
}

func (v *tokenVerifier) check(line string) verdict {
	text := strings.TrimSuffix(line, "\r")
	if strings.HasPrefix(line, `"`) {
		if err := json.Unmarshal([]byte(line), &text); err != nil {
			return refusedBecause(api.Wrap(api.Invalid, "bad_line", "the line starts like a JSON string but is not one", err))
		}
	}
	t, err := token.Parse(text)
	if err == nil {
		_, err = v.keys.Verify(t)
	}
	if err == nil {
		err = t.Check(v.profile, time.Now())
	}
	if err != nil {
		return refusedBecause(err)
	}
	return verdict{Valid: true, Code: "ok"}
}

func refusedBecause(err error) verdict {
	e := api.AsError(err)
	reason := e.Public
	if e.Err != nil {
		reason += ": " + e.Err.Error()
	}
	return verdict{Code: e.Reason, Reason: reason}
}

func (v verdict) print(w io.Writer, asJSON bool) error {
	if asJSON {
		return json.NewEncoder(w).Encode(v)
	}
	line := "valid"
	if !v.Valid {
		line = fmt.Sprintf("refused  %s  %q", v.Code, v.Reason)
	}
	_, err := fmt.Fprintln(w, line)
	return err
}
