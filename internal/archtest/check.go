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
	return broken, nil
}

// check judges what one room imports of ours, and that a pure one is pure.
func (r room) check(f *folder) (broken []string) {
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
			if (imported == d.path || within(imported, d.path)) && !slices.Contains(d.may, name) {
				broken = append(broken, fmt.Sprintf("%s must not import %s: it belongs to %v (%s)", name, imported, d.may, f.imports[imported]))
			}
		}
	}
	return broken
}

func within(name, folder string) bool { return strings.HasPrefix(name, folder+"/") }
