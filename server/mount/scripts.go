package mount

// Scripts returns the endings of programs below which applications route by the rest of a
// path.
func Scripts() []string {
	return []string{
		"php", "php3", "php4", "php5", "php7", "php8", "phtml", "phar", "cgi", "fcgi", "pl", "py", "rb",
		"asp", "aspx", "ashx", "asmx", "jsp", "jspx", "do", "cfm", "cfml", "lua",
	}
}
