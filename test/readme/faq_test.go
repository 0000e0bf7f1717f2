package readme

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	problemKind = regexp.MustCompile(`\{"([a-z_]+)", (\d{3}), \d+, "[^"]`)
	answerRow   = regexp.MustCompile("(?m)^\\| (\\d{3}) `([a-z_]+)` \\|")
	flagRule    = regexp.MustCompile(`UsageError\{"([a-z-]+)"`)
)

// Every kind of error has its row in docs/faq.md, with its status, and so has every flag that
// may keep the server from starting; and no row tells of a kind that there is not.
func TestFAQ(t *testing.T) {
	faq := read(t, "../../docs/faq.md")
	rows := map[string]int{}
	for _, row := range answerRow.FindAllStringSubmatch(faq, -1) {
		rows[row[1]+" "+row[2]]++
	}
	kinds := problemKind.FindAllStringSubmatch(read(t, "../../internal/httpapi/answers.go"), -1)
	if len(kinds) < 30 {
		t.Fatalf("kinds of errors: %d", len(kinds))
	}
	for _, k := range kinds {
		row := k[2] + " " + k[1]
		if rows[row] != 1 {
			t.Errorf("%s: %d rows", row, rows[row])
		}
		delete(rows, row)
	}
	if len(rows) > 0 {
		t.Errorf("there are no such errors: %v", rows)
	}
	_, starts, _ := strings.Cut(faq, "## It does not start")
	starts, _, _ = strings.Cut(starts, "\n## ")
	sources, err := filepath.Glob("../../internal/app/*.go")
	if err != nil || len(sources) == 0 {
		t.Fatal(err)
	}
	for _, source := range sources {
		for _, flag := range flagRule.FindAllStringSubmatch(read(t, source), -1) {
			if !regexp.MustCompile(fmt.Sprintf("`--%s( [^`]*)?`", flag[1])).MatchString(starts) {
				t.Errorf("--%s may be refused, and the FAQ does not say what to do", flag[1])
			}
		}
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}
