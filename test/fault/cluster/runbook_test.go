package cluster

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	commands   = regexp.MustCompile("(?ms)^```sh\n(.*?)^```")
	afterAll   = regexp.MustCompile(` +# .*`) // what a command is for
	operations = regexp.MustCompile(` operations=(\S+)`)
	runsHere   = regexp.MustCompile(`^(curl|seckill|psql|pg_isready|redis-cli) `)
)

// Each command of the runbook that needs no more than the servers and a process works,
// and says something. Those of Docker, Kubernetes, systemd, Kafka's scripts and a machine's
// tools are not run.
func TestTheRunbooksCommands(t *testing.T) {
	on := sharedServers(t)
	c := start(t, bin, append([]string{"--admin-token", adminToken, "--ops-listen", "127.0.0.1:0"}, on.flags()...))
	at := operator(c.apis[0], adminToken, nil)
	ops := operations.FindStringSubmatch(c.apis[0].Out.String())
	if ops == nil {
		t.Fatal(c.apis[0].Out.String())
	}
	product := c.newSale(1).product
	at.Put(t, product, `{"quantity":1}`)
	if a, err := at.Buy(product, "u", ""); err != nil || a.Status != 201 && a.Status != 202 {
		t.Fatal(a, err)
	}
	dir := t.TempDir()
	if err := os.Symlink(bin, filepath.Join(dir, "seckill")); err != nil {
		t.Fatal(err)
	}
	book, err := os.ReadFile("../../../docs/runbook.md")
	if err != nil {
		t.Fatal(err)
	}
	known := strings.NewReplacer("postgres://…", "'"+on.postgres.URL()+"'", "redis://…", "'"+on.redis.URL()+"'", "seconds=10", "seconds=1")
	run := 0
	for _, block := range commands.FindAllStringSubmatch(string(book), -1) {
		for line := range strings.Lines(block[1]) {
			command := known.Replace(afterAll.ReplaceAllString(strings.TrimSpace(line), ""))
			if !runsHere.MatchString(command) {
				continue
			}
			run++
			shell := exec.CommandContext(t.Context(), "bash", "-euo", "pipefail", "-c", command)
			shell.Dir = dir
			shell.Env = append(os.Environ(), "PATH="+dir+":"+os.Getenv("PATH"), "TOKEN="+adminToken, "PRODUCT="+product,
				"API="+at.URL, "PROCESS=http://"+ops[1], "FLAGS="+strings.Join(on.flags(), " "))
			out, err := shell.CombinedOutput()
			said := string(out)
			if _, file, kept := strings.Cut(command, " > "); kept {
				text, _ := os.ReadFile(filepath.Join(dir, file)) // without it nothing is said
				said = string(text)
			}
			if err != nil || strings.TrimSpace(said) == "" || strings.Contains(said, `"type":"/problems/`) || strings.Contains(said, "ERR ") {
				t.Errorf("%s: %v\n%s", command, err, said)
			}
		}
	}
	if run < 15 {
		t.Errorf("only %d commands were run", run)
	}
}
