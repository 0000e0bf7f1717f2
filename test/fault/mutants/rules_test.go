package mutants

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	stands = regexp.MustCompile(`(?m)^ *- \*\*(\d+(?:\.\d+)?)\*\* `)
	cited  = regexp.MustCompile(`\b[Rr]ules? (\d+(?:\.\d+)?)\b`)
	ofOne  = regexp.MustCompile(`^(\d+(?:\.\d+)?)(?: \(\d+ of 1,000\))?$`)
)

// Every rule that a mutant takes away, or a document names, stands in docs/protocol.md.
func TestEveryRuleOfAMutantStandsInTheProtocol(t *testing.T) {
	const docs = "../../../docs"
	protocol, err := os.ReadFile(filepath.Join(docs, "protocol.md"))
	if err != nil {
		t.Fatal(err)
	}
	has := map[string]bool{}
	for _, m := range stands.FindAllSubmatch(protocol, -1) {
		if has[string(m[1])] {
			t.Errorf("rule %s stands there twice", m[1])
		}
		has[string(m[1])] = true
	}
	patches, err := filepath.Glob("*.patch")
	if err != nil || len(patches) == 0 {
		t.Fatal("no mutants", err)
	}
	numbers := map[string]bool{}
	for _, file := range patches {
		m, err := read(file)
		if err != nil {
			t.Fatal(err)
		}
		number, _, _ := strings.Cut(m.name, "-")
		if numbers[number] {
			t.Errorf("there are two mutants %s", number)
		}
		numbers[number] = true
		if rule := ofOne.FindStringSubmatch(m.rule); rule == nil || !has[rule[1]] {
			t.Errorf("%s takes away rule %q, which docs/protocol.md does not have", m.name, m.rule)
		}
	}
	pages, err := filepath.Glob(docs + "/*.md")
	decisions, err2 := filepath.Glob(docs + "/decisions/*.md")
	if err != nil || err2 != nil {
		t.Fatal(err, err2)
	}
	for _, page := range append(pages, decisions...) {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range cited.FindAllSubmatch(text, -1) {
			if !has[string(m[1])] {
				t.Errorf("%s names rule %s, which docs/protocol.md does not have", page, m[1])
			}
		}
	}
}
