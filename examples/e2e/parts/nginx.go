package parts

import "testing"

// Nginx starts nginx with the given content of the http block; one of its servers must
// listen on addr. Logs and temporary files are in their own directory.
func Nginx(t testing.TB, addr, http string) *Process {
	t.Helper()
	program, dir := Find(t, "nginx", "nginx-light"), Dir(t)
	conf := Write(t, dir, "nginx.conf", `
daemon off;
pid `+dir+`/pid;
error_log stderr;
events {}
http {
  access_log off;
  client_body_temp_path `+dir+`/body;
  proxy_temp_path `+dir+`/proxy;
  fastcgi_temp_path `+dir+`/fastcgi;
  uwsgi_temp_path `+dir+`/uwsgi;
  scgi_temp_path `+dir+`/scgi;
`+http+`
}
`)
	return Start(t, Command(dir, program, "-e", "stderr", "-p", dir, "-c", conf), listening(addr))
}
