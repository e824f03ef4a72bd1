package cli

import (
	"cmp"
	_ "embed"
	"errors"
	"fmt"
	"maps"
	"net"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/cardea-auth/cardea/core/files"
	"github.com/cardea-auth/cardea/server/app"
	"github.com/cardea-auth/cardea/server/check"
	"github.com/cardea-auth/cardea/server/cli/internal/command"
	"github.com/cardea-auth/cardea/server/cli/internal/plugincmd"
	"github.com/cardea-auth/cardea/server/config"
)

// devUser is the user of the first start, and defaultData the default data directory.
const (
	devUser     = "admin"
	devUpstream = "app"
	defaultData = "cardea-data"
)

// devFlags are the flags of cardea dev.
type devFlags struct {
	data, listen, adminListen, upstream string
	json                                bool
	plugin                              plugincmd.DevFlags
}

func newDev(p Program) *cobra.Command {
	var f devFlags
	cmd := &cobra.Command{
		Use:   "dev",
		Short: "Run a server that needs no configuration, with a demo upstream and a user",
		Long: `Run a server that needs no configuration.

Everything is stored in ./cardea-data: configuration, keys, users. The first start
creates a user and an API key and prints both once; later starts use them.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return dev(cmd, p, f) },
	}
	flags := cmd.Flags()
	flags.StringVar(&f.data, "data", defaultData, "directory for everything that is stored")
	command.MayBeEmpty(flags.Lookup("data")) // checkDevData has its message
	flags.StringVar(&f.listen, "listen", "", "address of the public listener (default 127.0.0.1:8080)")
	flags.StringVar(&f.adminListen, "admin-listen", "", "address of the admin listener (default 127.0.0.1:9090)")
	flags.StringVar(&f.upstream, "upstream", "", "application to protect, such as http://127.0.0.1:8000 (default: a demo that echoes requests)")
	flags.BoolVar(&f.json, "json", false, "print the facts as one JSON object on the first line")
	f.plugin.Add(flags)
	return cmd
}

func dev(cmd *cobra.Command, p Program, f devFlags) error {
	cfg, path, err := devConfig(cmd, f)
	if err != nil {
		return err
	}
	log := command.NewLogger(cmd, cfg.Log)
	command.LogLibraries(log)
	locked, unlock, err := lockData(cfg, log)
	if err != nil {
		return err
	}
	defer unlock()
	plugin, err := f.plugin.Open(cmd, cmp.Or(app.ModuleCache(cfg), plugincmd.Cache()))
	if err != nil {
		return err
	}
	defer plugin.Start(cmd)()
	public, admin, err := devListen(cfg)
	if err != nil {
		return err
	}
	warnOfRules(log, cfg, nil)
	o := command.AppOptions(cmd)
	o.Version, o.Logger, o.Control, o.DevPlugin = p.Version, log, locked, plugin.DevPlugin
	o.Listener, o.AdminListener = public, admin
	o.Reread = func() (*config.Config, error) { return reread(cmd, path) }
	s, err := app.New(cfg, o)
	if err != nil {
		return err
	}
	return runServer(cmd.Context(), s, func() error {
		plugin.Tell(cmd)
		facts := newFacts(cfg, invocation(path))
		facts.plugin = plugin.Points()
		if err := facts.firstUser(cmd.Context(), s.Engine()); err != nil {
			return err
		}
		return command.IgnoringPipe(func() error { return facts.print(cmd.OutOrStdout(), f.json) })
	})
}

// invocation returns the command that calls this program again with the configuration at
// path.
func invocation(path string) string {
	program := "cardea"
	if strings.ContainsRune(os.Args[0], os.PathSeparator) {
		program = os.Args[0]
	}
	if path == filepath.Join(defaultData, config.FileName) && !command.Exists(config.FileName) {
		return program
	}
	return program + " --config " + command.ShellWord(path)
}

// devConfig reads the profile in the data directory, after writing it if there is none, and
// applies the flags.
func devConfig(cmd *cobra.Command, f devFlags) (cfg *config.Config, path string, err error) {
	if path = cmd.Flag("config").Value.String(); path == "" {
		if err := checkDevData(f.data); err != nil {
			return nil, "", err
		}
		path = filepath.Join(f.data, config.FileName)
		if err := writeProfile(path, f); err != nil {
			return nil, "", err
		}
		warnOfProfile(cmd, path)
	}
	cfg, prov, err := command.ReadConfig(cmd, command.OptionsFor(cmd, path, true))
	if err != nil {
		return nil, "", err
	}
	f.over(cfg)
	if err := cfg.Validate(); err != nil {
		return nil, "", fmt.Errorf("with the flags --listen, --admin-listen and --upstream: %w", err)
	}
	return cfg, path, prov.Place(check.Check(cfg, command.Points(cmd)...))
}

// checkDevData returns an error if --data cannot name a directory.
func checkDevData(data string) error {
	if data == "" {
		return errors.New("--data is empty: name a directory, or leave it out")
	}
	if info, err := os.Stat(data); err == nil && !info.IsDir() {
		return fmt.Errorf("--data %s is not a directory: name one, or use --config for a configuration file", data)
	}
	return nil
}

// warnOfProfile warns that other commands do not find the profile at path by themselves.
func warnOfProfile(cmd *cobra.Command, path string) {
	switch {
	case command.Exists(config.FileName):
		fmt.Fprintf(cmd.ErrOrStderr(), "cardea: warning: this server uses %s; other commands use ./%s unless you give them --config %s\n",
			path, config.FileName, path)
	case path != filepath.Join(defaultData, config.FileName):
		fmt.Fprintf(cmd.ErrOrStderr(), "cardea: warning: this server uses %s; other commands find it only with --config %s\n", path, path)
	}
}

// over overrides the configuration with the flags that were given.
func (f devFlags) over(cfg *config.Config) {
	if f.listen != "" {
		cfg.Server.Listen = f.listen
	}
	if f.adminListen != "" {
		cfg.Server.AdminListen = f.adminListen
	}
	if f.upstream != "" {
		cfg.Upstreams = maps.Clone(cfg.Upstreams)
		cfg.Upstreams[devUpstream] = config.Upstream{URL: strings.TrimSuffix(f.upstream, "/")}
	}
}

//go:embed profile.yaml
var profile string

// writeProfile writes the configuration of a first start, unless the file exists. The
// addresses of the first start become the profile's, since tokens contain them as the
// issuer.
func writeProfile(path string, f devFlags) error {
	if _, err := os.Stat(path); err == nil || !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if err := files.MkdirAll(filepath.Dir(path)); err != nil {
		return fmt.Errorf("create data directory: %w", err)
	}
	if err := files.Replace(path, []byte(firstProfile(f))); err != nil {
		return fmt.Errorf("write profile: %w", err)
	}
	return nil
}

// firstProfile returns the profile with the addresses of the first start. If the system
// chooses the port, it sets no issuer, since the port differs at each start.
func firstProfile(f devFlags) string {
	const issuer = `tokens: {issuer: "http://127.0.0.1:8080"}  # identifies this server in its tokens: do not change it` + "\n\n"
	text := profile
	if strings.HasSuffix(f.listen, ":0") {
		text = strings.Replace(text, issuer, "", 1)
	}
	listen := fixed(f.listen, "127.0.0.1:8080")
	return strings.NewReplacer(
		`"http://127.0.0.1:8080"`, `"http://`+listen+`"`,
		"listen: 127.0.0.1:8080 ", "listen: "+listen+" ",
		"admin_listen: 127.0.0.1:9090", "admin_listen: "+fixed(f.adminListen, "127.0.0.1:9090"),
	).Replace(text)
}

// fixed returns addr, or the value of otherwise if addr is empty or lets the system choose
// the port.
func fixed(addr, otherwise string) string {
	if addr == "" || strings.HasSuffix(addr, ":0") {
		return otherwise
	}
	return addr
}

// devListen opens both listeners before anything else is built, so that the issuer and the
// curl lines contain the actual ports.
func devListen(cfg *config.Config) (public, admin net.Listener, err error) {
	if public, err = net.Listen("tcp", cfg.Server.Listen); err != nil {
		return nil, nil, fmt.Errorf("%w: choose another address with --listen", err)
	}
	if admin, err = net.Listen("tcp", cfg.Server.AdminListen); err != nil {
		public.Close()
		return nil, nil, fmt.Errorf("%w: choose another address with --admin-listen", err)
	}
	cfg.Server.Listen, cfg.Server.AdminListen = public.Addr().String(), admin.Addr().String()
	return public, admin, nil
}
