package main

import (
	"os"
	"strings"
	"testing"
)

func TestARestoreNeedsAFile(t *testing.T) {
	t.Chdir(t.TempDir())
	if code, _, stderr := say(t.Context(), "restore", ""); code != 2 || !strings.Contains(stderr, "FILE must be the name of a backup") {
		t.Errorf("exit code %d\n%s", code, stderr)
	}
}

// An empty variable is not taken for no variable: all would be restored, and nobody asked.
func TestARestoreUntilNoTime(t *testing.T) {
	t.Chdir(t.TempDir())
	t.Setenv("SECKILL_UNTIL", "")
	if code, _, stderr := say(t.Context(), "restore", "file"); code != 64 || !strings.Contains(stderr, "--until must be a time") {
		t.Errorf("exit code %d\n%s", code, stderr)
	}
}

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

// Where a file is wanted as a folder, that is all that is said.
func TestABackupIntoAFile(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.WriteFile("file", nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if code, _, stderr := say(t.Context(), "backup", "file/b"); code != 2 || stderr != "seckill: not backed up: file/b: not a directory\n" {
		t.Errorf("exit code %d\n%s", code, stderr)
	}
}
