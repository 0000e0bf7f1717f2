package rush

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"
)

// A document is what rush has to know of api/openapi.yaml.
type document struct {
	Components struct {
		Schemas map[string]struct{ Enum []any }
	}
	Paths map[string]struct {
		Post struct {
			Responses map[string]struct{ Description string }
		}
	}
}

// Each answer to a buy that the document has is judged: a refusal is the right answer of
// its name, and a problem of any other name an error.
func TestKindsAreThoseOfTheDocument(t *testing.T) {
	text, err := os.ReadFile("../../api/openapi.yaml")
	var d document
	if err == nil {
		err = yaml.Unmarshal(text, &d)
	}
	answers, refusals := d.Components.Schemas["Answer"].Enum, d.Components.Schemas["Refusal"].Enum
	if err != nil || len(answers) == 0 || len(refusals) == 0 {
		t.Fatal(err, answers, refusals)
	}
	for text, response := range d.Paths["/api/products/{id}/orders"].Post.Responses {
		status, err := strconv.Atoi(text)
		if err != nil || status < 300 {
			continue
		}
		for name := range strings.SplitSeq(response.Description, ", ") {
			k := kindOf(&answer{status: status, body: fmt.Appendf(nil, `{"type":"/problems/%s"}`, name)})
			refuses := slices.Contains(refusals, any(name))
			if k.Right() != refuses || refuses && k.String() != name {
				t.Errorf("%d %s is %s", status, name, k)
			}
		}
	}
	ofTheRush := []Kind{Rejected, NoAnswer, Unexpected}
	for _, k := range Kinds() {
		if slices.Contains(answers, any(k.String())) == slices.Contains(ofTheRush, k) {
			t.Errorf("%s is an answer of the document: %v", k, !slices.Contains(ofTheRush, k))
		}
	}
}
