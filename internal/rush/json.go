package rush

import (
	"encoding/json"
	"io"
)

// WriteJSON writes the report as one indented JSON document.
func (r Report) WriteJSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false) // it is no page, and URLs stay readable
	return e.Encode(r)
}
