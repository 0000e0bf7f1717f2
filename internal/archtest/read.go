package archtest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
)

// A folder is what the law asks of a folder with Go files in it.
type folder struct {
	imports map[string]string // import path -> a file that has it
	clocks  map[string]string // function of package time -> a place that uses it
	asking  []string          // functions that ask for the mode
}

// unread are the names of folders that hold nothing of ours. A name that begins
// with a dot or an underscore is passed over too, as the go command does.
var unread = []string{"node_modules", "testdata", "vendor"}

// skipped reports whether a folder holds nothing of ours.
func skipped(folder string) bool {
	base := path.Base(folder)
	return folder != "." && (slices.Contains(unread, base) || strings.ContainsAny(base[:1], "._"))
}

// read reads the Go files of all folders under root, for every platform: build
// constraints are not looked at. Folders that hold nothing but tests are left out.
func read(root fs.FS) (map[string]*folder, error) {
	folders := map[string]*folder{}
	err := fs.WalkDir(root, ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if e.IsDir() {
			if skipped(name) {
				return fs.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		dir := path.Dir(name)
		if folders[dir] == nil {
			folders[dir] = &folder{imports: map[string]string{}, clocks: map[string]string{}}
		}
		return folders[dir].read(root, name)
	})
	return folders, err
}

func (f *folder) read(root fs.FS, name string) error {
	src, err := fs.ReadFile(root, name)
	if err != nil {
		return err
	}
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, name, src, parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	f.asking = append(f.asking, asking(file)...)
	clock := "" // the name under which the file knows package time
	for _, spec := range file.Imports {
		imported, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return err
		}
		f.imports[imported] = name
		if imported == "time" {
			clock = "time"
			if spec.Name != nil {
				clock = spec.Name.Name
			}
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		if name := used(n, clock); slices.Contains(clocks, name) {
			f.clocks[name] = files.Position(n.Pos()).String()
		}
		return true
	})
	return nil
}

// used is what n uses of the package that the file knows as pkg; "" if it is
// something else. Under a dot import any name could be meant.
func used(n ast.Node, pkg string) string {
	switch n := n.(type) {
	case *ast.SelectorExpr:
		if x, ok := n.X.(*ast.Ident); ok && pkg != "" && x.Name == pkg {
			return n.Sel.Name
		}
	case *ast.Ident:
		if pkg == "." {
			return n.Name
		}
	}
	return ""
}
