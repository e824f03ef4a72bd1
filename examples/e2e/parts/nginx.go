package parts

import "testing"

// Nginx starts nginx with the given content of the http block; addr must be
// what one of its servers listens on. Logs and temporary files go to a
// directory of its own.
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
