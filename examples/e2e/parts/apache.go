package parts

import (
	"fmt"
	"testing"
)

// Apache starts an Apache with that many workers that serves the directory root and runs
// .cgi files. It listens on addr.
func Apache(t testing.TB, root, addr string, workers int) *Process {
	t.Helper()
	program, dir := Find(t, "apache2", "apache2-bin"), Dir(t)
	const modules = "/usr/lib/apache2/modules/"
	conf := fmt.Sprintf(`
ServerRoot %[1]s
ServerName localhost
Listen %[2]s
PidFile %[1]s/pid
ErrorLog %[1]s/error.log
ServerLimit %[3]d
StartServers %[3]d
MaxRequestWorkers %[3]d
DocumentRoot %[4]s
AddHandler cgi-script .cgi
<Directory %[4]s>
  Require all granted
  Options +ExecCGI
</Directory>
`, dir, addr, workers, root)
	for _, name := range []string{"mpm_prefork", "authz_core", "mime", "cgi"} {
		conf = fmt.Sprintf("LoadModule %s_module %s\n", name, FindFile(t, modules+"mod_"+name+".so", "apache2-bin")) + conf
	}
	types := Write(t, dir, "mime.types", "text/plain txt\n")
	conf += "TypesConfig " + types + "\n"
	return Start(t, Command(dir, program, "-f", Write(t, dir, "apache.conf", conf), "-D", "FOREGROUND"), listening(addr))
}
