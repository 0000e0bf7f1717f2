package deploy_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// systemd takes the units as they are, and finds that the service is exposed to little.
func TestTheUnit(t *testing.T) {
	if _, err := exec.LookPath("systemd-analyze"); err != nil {
		t.Skip("SKIPPED: there is no systemd-analyze")
	}
	unit, err := os.ReadFile("systemd/seckill.service")
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "seckill.service")
	if err := os.WriteFile(file, bytes.Replace(unit, []byte("/usr/bin/seckill"), []byte("/bin/true"), 1), 0o600); err != nil {
		t.Fatal(err)
	}
	socket, err := os.ReadFile("systemd/seckill.socket")
	if err != nil {
		t.Fatal(err)
	}
	address := filepath.Join(filepath.Dir(file), "seckill.socket")
	if err := os.WriteFile(address, socket, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"verify", "--man=no", file, address}, {"security", "--offline=true", "--threshold=15", file}} {
		if out, err := exec.Command("systemd-analyze", args...).CombinedOutput(); err != nil {
			t.Errorf("systemd-analyze %v: %v\n%s", args, err, out)
		}
	}
}
