// Package readme does what README.md and the first documents say: each of their
// commands runs in a new folder, on a free port, and what they show of its output is
// what it prints.
package readme

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"seckill/test/program"
)

var binary = flag.String("bin", "", "the seckill to run; empty: build one")

func TestMain(m *testing.M) {
	flag.Parse()
	os.Exit(program.Main(m, binary))
}

// elsewhere are the commands that other tests run, and where.
var elsewhere = map[string]string{
	"make run":             "test/e2e/tests/first-minute.spec.ts",
	"seckill demo":         "cmd/seckill/demo_test.go",
	"docker-compose up -d": "test/compose",
	"make test":            "which this is a part of",
	"make help":            "which runs nothing",
}

// A reader presses Run the demo sale, puts product 1 on sale with 100 units, and
// types what follows. The commands that README shows without output are those
// of somebody who begins with them.
func TestReadme(t *testing.T) {
	for _, tool := range []string{"bash", "curl"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("README's commands SKIPPED: %v", err)
		}
	}
	first, fresh := newReader(t), newReader(t)
	first.rehearse(t)
	first.server.Put(t, "1", `{"quantity":100}`)
	for _, step := range steps(t, "../../README.md") {
		if step.shown != "" {
			first.does(t, step)
		} else {
			fresh.does(t, step)
		}
	}
}

// Who begins with one of these documents types all of it, from its beginning.
func TestFirstDocuments(t *testing.T) {
	for _, document := range []string{"getting-started.md", "connect-your-shop.md"} {
		t.Run(document, func(t *testing.T) {
			t.Parallel()
			r := newReader(t)
			for _, step := range steps(t, "../../docs/"+document) {
				r.does(t, step)
			}
		})
	}
}

// does does one step, and compares what comes of it with what is shown.
func (r reader) does(t *testing.T, s step) {
	t.Helper()
	if elsewhere[s.command] != "" {
		return
	}
	switch said := r.run(t, s.command); {
	case s.shown != "":
		if !matches(said, r.here(s.shown)) {
			t.Errorf("%s printed\n%s\nshown is\n%s", s.command, said, s.shown)
		}
	case said == "" || strings.Contains(said, "/problems/"):
		t.Errorf("%s was answered %q", s.command, said)
	}
}

// A step is a command of a document, and what it shows of the output.
type step struct{ command, shown string }

var (
	block     = regexp.MustCompile("(?ms)^```(\\w*)\n(.*?)^```$")
	goesOn    = regexp.MustCompile(`\s*\\\n\s*`)
	remark    = regexp.MustCompile(`(?m) +# .*$`)
	following = regexp.MustCompile(`(?m)^\$ `)
)

// steps reads them: a block of sh is of commands alone, in one of console each
// follows a $, and one of text is none.
func steps(t *testing.T, document string) (all []step) {
	t.Helper()
	raw, err := os.ReadFile(document)
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range block.FindAllStringSubmatch(string(raw), -1) {
		text := goesOn.ReplaceAllString(b[2], " ")
		switch b[1] {
		case "sh":
			for line := range strings.Lines(remark.ReplaceAllString(text, "")) {
				all = append(all, step{command: strings.TrimSpace(line)})
			}
		case "console":
			for _, one := range following.Split(text, -1)[1:] {
				command, shown, _ := strings.Cut(one, "\n")
				all = append(all, step{command, shown})
			}
		case "text":
		default:
			t.Errorf("a block of %q: sh, console or text", b[1])
		}
	}
	return all
}

// A reader has a folder with the program in it, which sells.
type reader struct {
	folder string
	server *program.Server
}

func newReader(t *testing.T) reader {
	t.Helper()
	r := reader{folder: t.TempDir()}
	bin := filepath.Join(r.folder, "bin")
	if err := os.Mkdir(bin, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(*binary, filepath.Join(bin, "seckill")); err != nil {
		t.Fatal(err)
	}
	r.server = program.Serve(t, *binary, "--data", filepath.Join(r.folder, "data"))
	if !r.server.Ready(t) {
		t.Fatal(r.server.Out.String())
	}
	return r
}

// here is a text of README with the address of this server.
func (r reader) here(text string) string {
	return strings.ReplaceAll(text, "http://localhost:3000", r.server.URL)
}

func (r reader) run(t *testing.T, command string) string {
	t.Helper()
	address := strings.TrimPrefix(r.server.URL, "http://")
	c := exec.CommandContext(t.Context(), "bash", "-c", strings.ReplaceAll(command, "localhost:3000", address))
	c.Dir = r.folder
	c.Env = append(os.Environ(), "SECKILL_URL="+r.server.URL, "PATH="+filepath.Join(r.folder, "bin")+":"+os.Getenv("PATH"))
	out, err := c.Output()
	if err != nil {
		t.Errorf("%s: %v\n%s", command, err, out)
	}
	return string(out)
}

// rehearse is the press of Run the demo sale, and the wait for its end.
func (r reader) rehearse(t *testing.T) {
	t.Helper()
	begun, err := r.server.Ask("POST", "/api/rehearsals", "", "{}")
	id := regexp.MustCompile(`rehearsal-[\w-]+`).FindString(begun.Body)
	for err == nil && begun.Status < 300 {
		var now program.Answer
		now, err = r.server.Get("/api/rehearsals/" + id)
		switch {
		case strings.Contains(now.Body, `"state":"done"`):
			return
		case !regexp.MustCompile(`"state":"(running|verifying)"`).MatchString(now.Body):
			err = fmt.Errorf("%v", now)
		}
		<-time.After(50 * time.Millisecond)
	}
	t.Fatalf("the demo sale: %v, %v", begun, err)
}

// matches reports whether said is what is shown, but for figures that no two
// runs share, and the blanks before them.
func matches(said, shown string) bool {
	var form strings.Builder
	for line := range strings.Lines(strings.TrimSpace(shown) + "\n") {
		line = regexp.QuoteMeta(strings.Join(strings.Fields(line), " "))
		for _, figure := range figures {
			line = figure.shown.ReplaceAllLiteralString(line, figure.said)
		}
		form.WriteString(strings.ReplaceAll(line, " ", " +") + "\n")
	}
	plain := regexp.MustCompile(`(?m)^ +`).ReplaceAllString(strings.TrimSpace(said)+"\n", "")
	return regexp.MustCompile(`\A` + form.String() + `\z`).MatchString(plain)
}

// figures are those that no two runs share: as they stand in the shown line,
// quoted for a regular expression, and what may stand for them.
var figures = []struct {
	shown *regexp.Regexp
	said  string
}{
	{regexp.MustCompile(`\d+\\\.\d+`), `(?:[\d.,]+|-)`}, // times
	{regexp.MustCompile(`[\d,]+ a second`), `[\d,]+ a second`},
	{regexp.MustCompile(`seed \d+`), `seed \d+`},
	{regexp.MustCompile(`rehearsal-\S+:`), `rehearsal-\S+:`},
}

func TestMatches(t *testing.T) {
	shown := "  buyers  p50 ms\n     100    1.10  placed\n\n10,000 answers in 5.000 s, 2,000 a second. 100 placed, seed 7.\n"
	said := "\n  buyers   p50 ms\n     100      209  placed\n\n10,000 answers in 5.104 s, 1,960 a second. 100 placed, seed 42.\n"
	if !matches(said, shown) {
		t.Error("another run is not taken")
	}
	for _, change := range [][2]string{{"100 placed", "20 placed"}, {"     100 ", "     99 "}, {"p50", "p90"}, {"seed 42.\n", "seed 42.\nmore\n"}, {"10,000", "1,000"}} {
		if matches(strings.Replace(said, change[0], change[1], 1), shown) {
			t.Errorf("%s for %s is taken", change[1], change[0])
		}
	}
}
