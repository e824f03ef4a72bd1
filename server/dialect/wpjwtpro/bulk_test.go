package wpjwtpro_test

import "testing"

// TestAdmin_bulk is the table of ids that name no session: none ends.
func TestAdmin_bulk(t *testing.T) {
	s := serve(t, nil)
	_, refresh := login(t, s, goodLogin)
	admin, _ := login(t, s, `{"username":"admin","password":"admin-pass-123"}`)
	for _, ids := range []string{
		`[]`, `[""]`, `[" "]`, `[12345]`, `[0]`, `[null]`, `[true]`, `[false]`, `[[]]`, `[{}]`, `[["x"]]`, `["nosuch",null,1.5]`, `["*"]`, `["%"]`,
	} {
		s.Do(t, "POST", adminPath+"/bulk", `{"action":"revoke","ids":`+ids+`}`, "Authorization", "Bearer "+admin).
			Want(t, 200, "data.processed", "0")
	}
	for _, body := range []string{`{"action":"revoke"}`, `{"action":"revoke","ids":"x"}`, `{"action":"revoke","ids":null}`, `{"ids":[""]}`} {
		s.Do(t, "POST", adminPath+"/bulk", body, "Authorization", "Bearer "+admin).Want(t, 400, "code", "rest_invalid_param")
	}
	s.Do(t, "POST", refreshPath, `{"refresh_token":"`+refresh+`"}`).Want(t, 200, "token_type", "Bearer")
}
