package archtest

import (
	"fmt"
	"go/ast"
	"io/fs"
	"maps"
	"slices"
	"strings"
)

// A difference is what one mode does and the other does not, and who asks for it.
type difference struct {
	what, embedded, cluster string
	asks                    []string // room.function, without a receiver's star
}

// differences lists every one. A place in the code that asks for the mode and is not here
// breaks it, and so does one that is here and does not ask. It is the table in
// docs/architecture.md.
var differences = []difference{
	{"chosen by", "a data folder", "the addresses of its three servers", []string{"cmd/seckill clusterFlags.isCluster", "cmd/seckill serveCmd.place", "cmd/seckill verifyCmd.audit", "app Config.isCluster", "app Config.Check", "app Open"}},
	{"keepers", "memory and two SQLite files, there from the start", "Redis, Kafka and Postgres, waited for", []string{"app Program.connect", "app Program.wire", "app Program.Close"}},
	{"roles", "one process sells and projects", "each is told which", []string{"app Config.sells", "app Config.projects", "app Config.checkPart"}},
	{"placed", "once the log has synced the order (`purchase.AfterAppend`)", "once the store has it (`purchase.AfterStore`)", []string{"app embedded.placedBy", "app cluster.placedBy", "app Program.wire"}},
	{"a buyer waits", "until it is certain", "for `--wait`, or as they prefer, and then is `queued`", []string{"httpapi API.patience"}},
	{"admitted, and not placed in time", "503 `outcome_unknown`: the process ends", "202 `queued`", []string{"httpapi API.queued"}},
	{"the order of `already_bought`", "waited for in the store; missing there, it never got into the log: 503", "as the store has it, else `queued`", []string{"httpapi API.already"}},
	{"an order that is asked for", "waited for in the store", "looked for in the store, then at the gate", []string{"httpapi API.known"}},
	{"counters and lists", "show every order that was told as `placed`: the store is waited for", "show what the store has", []string{"httpapi API.awaitStore"}},
	{"an old view of the gate", "renewed before a refusal: it costs nothing", "left to those who ask the gate", []string{"app Program.wire", "purchase Desk.Refuse"}},
	{"gates may be opened", "once the store has the whole log", "once the log is known to be that of the tables", []string{"app Program.openGates", "app Program.loops"}},
	{"nothing is sold any more", "never", "where the log turns out not to be that of the tables", []string{"app Program.condition"}},
	{"ready", "once the gates are open", "also as long as Redis answers", []string{"app Program.condition"}},
	{"metrics", "of no servers", "of each server, whether it is up", []string{"app Program.measureProcess"}},
	{"a keeper is lost for good", "the log cannot be written: the process ends", "never: it is waited for", []string{"app Program.loops"}},
	{"a record of a newer version", "the process ends", "it stays, sells nothing and says why", []string{"app Program.live"}},
	{"event streams wake", "by the projector of this process", "as the store moves, whoever projects", []string{"app Program.loops"}},
	{"rehearsals are kept", "as files in the folder", "in Postgres", []string{"app Program.newRunner"}},
	{"`seckill pass` has the key", "of the process that runs, or of the folder", "of Postgres", []string{"app passKey"}},
	{"a backup is made", "of copies of the two files", "of Kafka and Postgres themselves", []string{"app saleOf"}},
	{"a backup is restored", "into a new folder", "into a new topic and new tables", []string{"app Restore"}},
	{"a rejected order", "is a finding of `verify`", "is told to its buyer", []string{"app auditFolder", "app Program.wire", "verify Parts.judge"}},
}

// questions are the names with which code asks for the mode: any use counts. So does any
// method of what Program.mode holds.
var questions = []string{"PlacedByLog", "PlacedByStore", "Near", "isCluster"}

// settings are the fields that are set for a cluster only: to compare one with nothing
// asks for the mode.
var settings = []string{"Redis", "Kafka", "Postgres", "Wait"}

// undeclared returns each place under root that asks for the mode and is not in the list,
// and each in the list that does not ask.
func undeclared(root fs.FS, listed []difference) (broken []string, err error) {
	folders, err := read(root)
	if err != nil {
		return nil, err
	}
	known := map[string]bool{}
	for _, d := range listed {
		for _, place := range d.asks {
			known[place] = false
		}
	}
	for _, name := range slices.Sorted(maps.Keys(folders)) {
		if name == "test" || within(name, "test") {
			continue
		}
		for _, function := range folders[name].asking {
			place := strings.TrimPrefix(name, "internal/") + " " + function
			if _, is := known[place]; !is {
				broken = append(broken, place+" asks for the mode, and is no listed difference")
			}
			known[place] = true
		}
	}
	for _, place := range slices.Sorted(maps.Keys(known)) {
		if !known[place] {
			broken = append(broken, place+" is listed, and does not ask for the mode")
		}
	}
	return broken, nil
}

// asking returns the functions of a file that ask for the mode.
func asking(file *ast.File) (functions []string) {
	for _, d := range file.Decls {
		if f, ok := d.(*ast.FuncDecl); ok && f.Body != nil && asks(f.Body) {
			functions = append(functions, title(f))
		}
	}
	return functions
}

func title(f *ast.FuncDecl) string {
	if f.Recv == nil {
		return f.Name.Name
	}
	t := f.Recv.List[0].Type
	if star, ok := t.(*ast.StarExpr); ok {
		t = star.X
	}
	return fmt.Sprintf("%s.%s", t, f.Name.Name)
}

func asks(body ast.Node) (does bool) {
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Ident:
			does = does || slices.Contains(questions, n.Name)
		case *ast.SelectorExpr:
			of, ok := n.X.(*ast.SelectorExpr)
			does = does || ok && of.Sel.Name == "mode"
		case *ast.BinaryExpr:
			does = does || isSetting(n.X) && isNothing(n.Y)
		}
		return !does
	})
	return does
}

// modeTable is the list as a table in Markdown.
func modeTable(listed []difference) string {
	var t strings.Builder
	t.WriteString("| | embedded | cluster | asked in |\n|---|---|---|---|\n")
	for _, d := range listed {
		fmt.Fprintf(&t, "| %s | %s | %s | `%s` |\n", d.what, d.embedded, d.cluster, strings.Join(d.asks, "`, `"))
	}
	return t.String()
}

func isSetting(e ast.Expr) bool {
	s, ok := e.(*ast.SelectorExpr)
	return ok && slices.Contains(settings, s.Sel.Name)
}

func isNothing(e ast.Expr) bool {
	l, ok := e.(*ast.BasicLit)
	return ok && (l.Value == "0" || l.Value == `""`)
}
