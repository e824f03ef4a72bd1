package wpjwtpro_test

import (
	"strconv"
	"strings"
	"testing"
)

// TestAdmin_bulk: ids without a session end none.
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

// TestAdmin_bounds: a request for too much gets one page or a refusal, and changes nothing.
func TestAdmin_bounds(t *testing.T) {
	s := serve(t, nil)
	_, refresh := login(t, s, goodLogin)
	admin, _ := login(t, s, `{"username":"admin","password":"admin-pass-123"}`)
	ids := func(n int) string {
		sid := `"` + strings.Split(refresh, "_")[1] + `"`
		return `{"action":"revoke","ids":[` + strings.Repeat(`"no such",`, n-1) + sid + `]}`
	}
	auth := "Bearer " + admin
	for page, current := range map[string]int{
		"9223372036854775807": 10_000, "4611686018427387905": 10_000, "922337203685477582": 10_000, "-5": 1, "2": 2,
	} {
		s.Do(t, "GET", adminPath+"?per_page=100&page="+page, "", "Authorization", auth).
			Want(t, 200, "data.pagination.current_page", strconv.Itoa(current))
	}
	s.Do(t, "POST", adminPath+"/bulk", ids(101), "Authorization", auth).
		Want(t, 400, "message", "Invalid parameter(s): ids. Send at most 100 at once, not 101")
	a := s.Do(t, "POST", refreshPath, `{"refresh_token":"`+refresh+`"}`)
	a.Want(t, 200, "token_type", "Bearer")
	s.Do(t, "POST", adminPath+"/bulk", ids(100), "Authorization", auth).Want(t, 200, "data.processed", "1")
	s.Do(t, "POST", refreshPath, `{"refresh_token":"`+a.Get("refresh_token")+`"}`).Want(t, 403, "", "")
}
