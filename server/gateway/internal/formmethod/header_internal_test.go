package formmethod

import "testing"

// TestIn_transferEncoding: a form with _method is not plain if one of its parts may be
// encoded; what parts contain does not matter.
func TestIn_transferEncoding(t *testing.T) {
	const parts = "multipart/form-data; boundary=b"
	named := "--b\r\nContent-Disposition: form-data; name=\"_method\"\r\n\r\nPUT\r\n"
	field := func(value string) string {
		return "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n" + value + "\r\n"
	}
	headed := func(headers string) string {
		return "--b\r\n" + headers + "\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nREVMRVRF\r\n"
	}
	for body, plain := range map[string]bool{
		field("Transfer-Encoding: chunked"):                                                    true,
		field("nginx:\r\nTransfer-Encoding: chunked\r\n\r\nContent-Transfer-Encoding: base64"): true,
		field("\r\nContent-Transfer-Encoding: base64\r\n"):                                     true,
		field("a -- b\r\n\r\nContent-Transfer-Encoding: base64"):                               true,
		"--b\r\nContent-Disposition: form-data; name=\"a\"; filename=\"transfer-encoding.txt\"\r\nContent-Type: text/plain\r\n\r\nTransfer-Encoding: a\r\n": true,
		headed("Content-Transfer-Encoding: 8bit"):           true,
		headed("Content-Transfer-Encoding:\t7BIT "):         true,
		headed("X: y\r\nContent-Transfer-Encoding: binary"): true,

		headed("Content-Transfer-Encoding: base64"):                                                               false,
		headed("content-transfer-encoding : base64"):                                                              false,
		headed("Content-Transfer-Encoding:\r\n base64"):                                                           false,
		headed("Content-Transfer-Encoding: 8bit\r\n base64"):                                                      false,
		headed("Content-Transfer-Encoding: 8bit; base64"):                                                         false,
		headed("Content-Transfer-\r\n Encoding: base64"):                                                          false,
		headed("Content-Tran\x00sfer-Enc\\oding: base64"):                                                         false,
		headed("X: y\r\n\tContent-Transfer-Encoding: base64"):                                                     false,
		headed("X: y\nContent-Transfer-Encoding: base64"):                                                         false,
		headed("X: y\rContent-Transfer-Encoding: base64"):                                                         false,
		headed("X: y\n\nContent-Transfer-Encoding: base64"):                                                       false,
		headed("X: y\r\n \r\nContent-Transfer-Encoding: base64"):                                                  false,
		headed("Transfer-Encoding: gzip"):                                                                         false,
		headed("Content-Transfer-Encoding: 8bit\r\nContent-Transfer-Encoding: base64"):                            false,
		"Content-Transfer-Encoding: base64\r\n" + field("x"):                                                      false,
		"x" + headed("Content-Transfer-Encoding: base64"):                                                         false,
		field("x--b\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: form-data; name=\"c\"\r\n\r\ny"): false,
	} {
		for _, text := range []string{body + named + "--b--\r\n", named + body + "--b--\r\n"} {
			list, err := In(text, []string{parts})
			if (err == nil) != plain || plain && len(list) != 1 {
				t.Errorf("%q: %v, %v; want it plain: %v", text, list, err, plain)
			}
		}
	}
}
