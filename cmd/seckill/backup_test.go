package main

import (
	"os"
	"strings"
	"testing"
)

func TestABackupNeedsAFile(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, file := range []string{"", "-"} {
		if code, _, stderr := say(t.Context(), "backup", file); code != 2 || !strings.Contains(stderr, "must be the name of a file") {
			t.Errorf("%q: exit code %d\n%s", file, code, stderr)
		}
	}
	if made, err := os.ReadDir("."); err != nil || len(made) > 0 {
		t.Errorf("it made %v, %v", made, err)
	}
}
