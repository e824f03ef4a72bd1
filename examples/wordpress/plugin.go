package wordpress

import _ "embed"

//go:embed cardea.php
var plugin []byte

// Plugin returns the must-use plugin cardea.php.
func Plugin() []byte { return plugin }
