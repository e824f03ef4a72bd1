package route

import "testing"

// TestTable_StricterByMethod tests each way in which another method may be refused at a
// path.
func TestTable_StricterByMethod(t *testing.T) {
	table, err := Compile([]Rule{
		{Name: "purge", Path: "/cache/**", Methods: []string{"PURGE"}, Roles: []string{"owner"}},
		{Name: "read", Path: "/read/**", Methods: []string{"GET", "POST"}, Access: Public},
		{Name: "slash", Path: "/slash/", Methods: []string{"DELETE"}, Roles: []string{"owner"}},
		{Name: "any", Path: "/any/**", Access: Public},
		{Name: "head", Path: "/any/x", Methods: []string{"GET"}, Access: Public},
	})
	if err != nil {
		t.Fatal(err)
	}
	open := &Rule{Name: "any", Access: Public}
	for path, want := range map[string]bool{"/cache/x": true, "/read/x": true, "/slash/": true, "/slash": true, "/none": true, "/any/x": false, "/any/y": false} {
		if got := table.StricterByMethod("h", path, open); got != want {
			t.Errorf("%s: got %v, want %v", path, got, want)
		}
	}
}
