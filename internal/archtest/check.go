package archtest

import (
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
)

// check returns each way in which the code under root breaks the law, in a fixed order.
func check(root fs.FS, law []room, drivers []driver) ([]string, error) {
	folders, err := read(root)
	if err != nil {
		return nil, err
	}
	var broken []string
	known := map[string]bool{}
	for _, r := range law {
		known[r.path] = true
		if folders[r.path] == nil {
			broken = append(broken, fmt.Sprintf("%s is a listed room, and there is no code in it", r.path))
		} else {
			broken = append(broken, r.check(folders[r.path])...)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(folders)) {
		if name == "test" || within(name, "test") {
			continue
		}
		if !known[name] {
			broken = append(broken, fmt.Sprintf("%s is no listed room", name))
		}
		broken = append(broken, outside(name, folders[name], drivers)...)
	}
	for _, d := range drivers {
		for _, name := range d.may {
			if f := folders[name]; f == nil || !f.uses(d) {
				broken = append(broken, fmt.Sprintf("%s may import %s, and does not", name, d.path))
			}
		}
	}
	return broken, nil
}

// check judges what one room imports of ours, that nothing is allowed in vain, and
// that a pure room is pure.
func (r room) check(f *folder) (broken []string) {
	for _, ours := range r.may {
		if ours != "*" && f.imports[module+"/"+ours] == "" {
			broken = append(broken, fmt.Sprintf("%s may import %s, and does not", r.path, ours))
		}
	}
	for _, imported := range slices.Sorted(maps.Keys(f.imports)) {
		ours, is := strings.CutPrefix(imported, module+"/")
		switch {
		case is && !slices.Contains(r.may, ours) && !slices.Contains(r.may, "*"):
			broken = append(broken, fmt.Sprintf("%s must not import %s (%s)", r.path, ours, f.imports[imported]))
		case r.pure && !is && !pure(imported):
			broken = append(broken, fmt.Sprintf("%s is pure and must not import %s (%s)", r.path, imported, f.imports[imported]))
		}
	}
	if !r.pure {
		return broken
	}
	for _, clock := range slices.Sorted(maps.Keys(f.clocks)) {
		broken = append(broken, fmt.Sprintf("%s is pure and must not use time.%s (%s)", r.path, clock, f.clocks[clock]))
	}
	return broken
}

// pure reports whether a package is of the standard library and only computes.
func pure(imported string) bool {
	first, _, _ := strings.Cut(imported, "/")
	return !strings.Contains(first, ".") && !slices.ContainsFunc(impure, func(i string) bool { return imported == i || within(imported, i) })
}

// outside judges that a folder uses no driver but its own.
func outside(name string, f *folder, drivers []driver) (broken []string) {
	for _, imported := range slices.Sorted(maps.Keys(f.imports)) {
		for _, d := range drivers {
			if d.has(imported) && !slices.Contains(d.may, name) {
				broken = append(broken, fmt.Sprintf("%s must not import %s: it belongs to %v (%s)", name, imported, d.may, f.imports[imported]))
			}
		}
	}
	return broken
}

// has reports whether an import is of the driver.
func (d driver) has(imported string) bool { return imported == d.path || within(imported, d.path) }

func (f *folder) uses(d driver) bool {
	for imported := range f.imports {
		if d.has(imported) {
			return true
		}
	}
	return false
}

func within(name, folder string) bool { return strings.HasPrefix(name, folder+"/") }

// table is the law as a table in Markdown.
func table(law []room) string {
	var t strings.Builder
	t.WriteString("| room | promise | may import |\n|---|---|---|\n")
	for _, r := range law {
		var may []string
		for _, m := range r.may {
			may = append(may, short(m))
		}
		allowed := strings.Join(may, ", ")
		switch {
		case r.pure:
			allowed = "the standard library"
		case slices.Equal(r.may, everything):
			allowed = "everything"
		case len(may) == 0:
			allowed = "nothing of ours"
		}
		fmt.Fprintf(&t, "| %s | %s | %s |\n", short(r.path), r.promise, allowed)
	}
	return t.String()
}

func short(path string) string { return "`" + strings.TrimPrefix(path, "internal/") + "`" }
