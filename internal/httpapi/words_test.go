package httpapi

import (
	"bytes"
	"encoding/json"
	"os"
	"testing"

	"seckill/internal/identity"
	"seckill/internal/sale"
	"seckill/internal/verify"
)

// codes is all that the server may say, by code, in English; the pages' tests demand the same in
// each of their languages.
const codes = "../../ui/src/words/codes.json"

func TestPublishedWords(t *testing.T) {
	said := map[string]map[string]string{"problems": {}, "rules": {}, "invariants": {}}
	for _, k := range kindsThat(kind.isProblem) {
		said["problems"][kinds[k].code] = kinds[k].title
	}
	for _, r := range sale.Rules {
		said["rules"][r.Code] = r.Words
	}
	for _, i := range verify.Invariants {
		said["invariants"][string(i)] = string(i)
	}
	for name, list := range map[string][]verify.Statement{
		"equations": verify.Equations, "violations": verify.Violations, "omissions": verify.Omissions, "places": verify.Places,
	} {
		said[name] = map[string]string{}
		for _, s := range list {
			said[name][s.Code] = s.Words
		}
		if len(said[name]) != len(list) {
			t.Errorf("%s: a code stands there twice", name)
		}
	}
	s := newShop()
	c := s.config()
	c.Buyers = &identity.Verifier{}
	var document struct {
		Components struct {
			Schemas map[string]struct {
				Properties map[string]struct {
					Enum []string `json:"enum"`
				} `json:"properties"`
			} `json:"schemas"`
		} `json:"components"`
	}
	if err := json.Unmarshal(New(c).document(), &document); err != nil {
		t.Fatal(err)
	}
	for name, field := range map[string][2]string{"failures": {"Rehearsal", "failure"}, "unjudged": {"Problem", "reason"}} {
		said[name] = map[string]string{}
		for _, code := range document.Components.Schemas[field[0]].Properties[field[1]].Enum {
			said[name][code] = code
		}
	}
	var now bytes.Buffer
	e := json.NewEncoder(&now)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(said); err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(codes, now.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	kept, err := os.ReadFile(codes)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(kept, now.Bytes()) {
		t.Errorf("%s is not what is said: make generate", codes)
	}
}
