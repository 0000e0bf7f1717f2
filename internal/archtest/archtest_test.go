package archtest

import (
	"flag"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

func TestTheCodeKeepsTheImportLaw(t *testing.T) {
	broken, err := check(os.DirFS("../.."), law, drivers)
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range broken {
		t.Error(b)
	}
}

func TestWordsThatMeanSomethingElse(t *testing.T) {
	found, err := words(os.DirFS("../.."))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range found {
		t.Error(f)
	}
	house := fstest.MapFS{}
	first := slices.Sorted(maps.Keys(banned))[0]
	capital := strings.ToUpper(first[:1]) + first[1:]
	for name, text := range map[string]string{
		"a.go": "// The " + first + ".", "b_test.go": "func new" + capital + "() {}", "c.go": "var date" + capital + "s int",
		"d.go": "// A " + first + "ist, of 'fat' e.", "e.md": first, "node_modules/f.go": "// " + first,
	} {
		house[name] = &fstest.MapFile{Data: []byte("package a\n" + text)}
	}
	says := " says " + first + ": say " + banned[first] + ", or what it is"
	want := []string{"a.go" + says, "b_test.go" + says, "c.go" + says}
	if found, err := words(house); err != nil || !slices.Equal(found, want) {
		t.Errorf("got %q, %v; want %q", found, err, want)
	}
}

var update = flag.Bool("update", false, "write the tables into docs/architecture.md")

// The table of rooms is the law, as people read it; that of the modes is the list of differences.
func TestTheTables(t *testing.T) {
	const page, ends = "../../docs/architecture.md", "<!-- end -->\n"
	kept, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	text := string(kept)
	for begins, want := range map[string]string{"<!-- rooms -->\n": table(law), "<!-- modes -->\n": modeTable(differences)} {
		before, rest, begun := strings.Cut(text, begins)
		_, after, ended := strings.Cut(rest, ends)
		if !begun || !ended {
			t.Fatalf("%s has no place for %s", page, begins)
		}
		text = before + begins + want + ends + after
	}
	switch {
	case text == string(kept):
	case !*update:
		t.Fatalf("%s is not the law's: go test ./internal/archtest -update", page)
	default:
		if err := os.WriteFile(page, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// Whoever asks for the mode is in the list of what the modes differ in.
func TestTheModesDifferWhereTheListSays(t *testing.T) {
	broken, err := undeclared(os.DirFS("../.."), differences)
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range broken {
		t.Error(b)
	}
}

func TestQuestionsAreFound(t *testing.T) {
	for src, want := range map[string]string{
		"func f() { if s.PlacedByLog == x {} }":               "gate f",
		"func (d *Desk) Refuse() { if d.Near {} }":            "gate Desk.Refuse",
		"func (p Program) wire() { p.mode.confirm() }":        "gate Program.wire",
		"func f() { if a.Wait == 0 {} }":                      "gate f",
		"func f() { go func() { if a.Wait > 0 {} }() }":       "gate f",
		`func f() bool { return c.Redis != "" }`:              "gate f",
		"func f() { all.Wait() }":                             "",
		"func f() { wait(a.Wait) }":                           "",
		"func (m *embedded) mode() { m.store.Near_by() }":     "",
		"type Parts struct { Near bool }; type mode struct{}": "",
	} {
		root := fstest.MapFS{"internal/gate/a.go": &fstest.MapFile{Data: []byte("package a\n" + src)}}
		var expected []string
		if want != "" {
			expected = []string{want + " asks for the mode, and is no listed difference"}
		}
		if broken, err := undeclared(root, nil); err != nil || !slices.Equal(broken, expected) {
			t.Errorf("%s: got %q, %v; want %q", src, broken, err, expected)
		}
	}
	gone := []difference{{asks: []string{"gate f"}}}
	if broken, err := undeclared(fstest.MapFS{}, gone); err != nil || !slices.Equal(broken, []string{"gate f is listed, and does not ask for the mode"}) {
		t.Errorf("got %q, %v", broken, err)
	}
}

func TestTheLawNamesRoomsOnce(t *testing.T) {
	listed := map[string]bool{}
	for _, r := range law {
		if listed[r.path] {
			t.Errorf("%s is listed twice", r.path)
		}
		listed[r.path] = true
		if r.promise == "" {
			t.Errorf("%s promises nothing", r.path)
		}
	}
	for _, r := range law {
		for _, m := range r.may {
			if m != "*" && !listed[m] {
				t.Errorf("%s may import %s, which is no room", r.path, m)
			}
		}
	}
	for _, d := range drivers {
		for _, m := range d.may {
			if !listed[m] {
				t.Errorf("%s may be imported by %s, which is no room", d.path, m)
			}
		}
	}
}

// Each case is one file more in a small house that keeps its law.
func TestBreachesAreNamed(t *testing.T) {
	house := []room{
		{path: "internal/sale", pure: true},
		{path: "internal/gate", may: []string{"internal/sale"}},
		{path: "internal/app", may: everything},
	}
	hired := []driver{{"example.org/db", []string{"internal/gate"}}}
	for name, c := range map[string]struct{ file, src, want string }{
		"an arrow that is allowed":         {"internal/gate/a.go", `import "seckill/internal/sale"`, ""},
		"an arrow that is not":             {"internal/gate/a.go", `import "seckill/internal/app"`, "internal/gate must not import internal/app (internal/gate/a.go)"},
		"under another name":               {"internal/gate/a.go", `import _ "seckill/internal/app"`, "internal/gate must not import internal/app"},
		"on another platform":              {"internal/gate/a_plan9.go", `import "seckill/internal/app"`, "internal/gate must not import internal/app"},
		"into a room below":                {"internal/gate/a.go", `import "seckill/internal/sale/deep"`, "internal/gate must not import internal/sale/deep"},
		"in a test":                        {"internal/gate/a_test.go", `import "seckill/internal/app"`, ""},
		"from everywhere":                  {"internal/app/a.go", `import "seckill/internal/gate"`, ""},
		"a room that is not listed":        {"internal/new/a.go", ``, "internal/new is no listed room"},
		"a room of tests":                  {"internal/new/a_test.go", ``, ""},
		"a room under test":                {"test/fault/a.go", `import ("seckill/internal/app"; "example.org/db")`, ""},
		"a folder that is not read":        {"internal/gate/testdata/a.go", ``, ""},
		"a room at the root":               {"a.go", ``, ". is no listed room"},
		"a driver with its keeper":         {"internal/gate/a.go", `import "example.org/db/v5"`, ""},
		"a driver elsewhere":               {"internal/app/a.go", `import "example.org/db/v5"`, "internal/app must not import example.org/db/v5: it belongs to [internal/gate]"},
		"a namesake of a driver":           {"internal/app/a.go", `import "example.org/dbs"`, ""},
		"a pure room that computes":        {"internal/sale/a.go", "import (\"time\"; \"crypto/sha256\")\nvar t = time.Unix(0, 0)", ""},
		"a pure room with files":           {"internal/sale/a.go", `import "os"`, "internal/sale is pure and must not import os"},
		"a pure room with a program":       {"internal/sale/a.go", `import "os/exec"`, "internal/sale is pure and must not import os/exec"},
		"a pure room with a net":           {"internal/sale/a.go", `import "net/http"`, "must not import net/http"},
		"a pure room with a database":      {"internal/sale/a.go", `import "database/sql"`, "must not import database/sql"},
		"a pure room with a library":       {"internal/sale/a.go", `import "example.org/x"`, "must not import example.org/x"},
		"a pure room with dice":            {"internal/sale/a.go", `import "math/rand/v2"`, "must not import math/rand/v2"},
		"a pure room with a clock":         {"internal/sale/a.go", "import \"time\"\nvar t = time.Now()", "internal/sale is pure and must not use time.Now (internal/sale/a.go:3:9)"},
		"a clock under another name":       {"internal/sale/a.go", "import clock \"time\"\nvar t = clock.Since", "must not use time.Since"},
		"a clock without a name":           {"internal/sale/a.go", "import . \"time\"\nvar t = Now()", "must not use time.Now"},
		"a clock in a room that may":       {"internal/gate/a.go", "import \"time\"\nvar t = time.Now()", ""},
		"something else that is so called": {"internal/sale/a.go", "var time struct{ Now int }\nvar t = time.Now", ""},
	} {
		t.Run(name, func(t *testing.T) {
			root := fstest.MapFS{}
			for _, r := range house {
				root[r.path+"/doc.go"] = &fstest.MapFile{Data: []byte("package a")}
			}
			root["internal/gate/doc.go"].Data = []byte(`package a; import (_ "seckill/internal/sale"; _ "example.org/db")`)
			root[c.file] = &fstest.MapFile{Data: []byte("package a\n" + c.src)}
			broken, err := check(root, house, hired)
			if err != nil {
				t.Fatal(err)
			}
			if c.want == "" && len(broken) > 0 || c.want != "" && (len(broken) != 1 || !strings.Contains(broken[0], c.want)) {
				t.Errorf("got %q, want %q", broken, c.want)
			}
		})
	}
	t.Run("what is allowed in vain", func(t *testing.T) {
		empty := &fstest.MapFile{Data: []byte("package a")}
		root := fstest.MapFS{"internal/sale/a.go": empty, "internal/gate/a.go": empty, "internal/app/a.go": empty}
		broken, err := check(root, house, hired)
		want := []string{"internal/gate may import internal/sale, and does not", "internal/gate may import example.org/db, and does not"}
		if err != nil || !slices.Equal(broken, want) {
			t.Errorf("got %q, %v; want %q", broken, err, want)
		}
	})
	t.Run("a room that is gone", func(t *testing.T) {
		broken, err := check(fstest.MapFS{}, house[:1], nil)
		if want := []string{"internal/sale is a listed room, and there is no code in it"}; err != nil || !slices.Equal(broken, want) {
			t.Errorf("got %q, %v; want %q", broken, err, want)
		}
	})
	t.Run("what cannot be read", func(t *testing.T) {
		if _, err := check(fstest.MapFS{"a.go": &fstest.MapFile{Data: []byte("pack age")}}, nil, nil); err == nil {
			t.Error("no error")
		}
	})
}
