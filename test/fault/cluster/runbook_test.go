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
	s := operated(t)
	run := 0
	for _, command := range commandsOf(t, "runbook.md", "") {
		if runsHere.MatchString(command) {
			run++
			s.runs(t, command)
		}
	}
	if run < 15 {
		t.Errorf("only %d commands were run", run)
	}
}

// Every command of the page about going live works.
func TestTheCommandsOfGoingLive(t *testing.T) {
	s := operated(t)
	defer s.runs(t, "seckill token revoke ann --url $API --admin-token $TOKEN && echo revoked") // the servers are others' too
	all := commandsOf(t, "operating.md", "Go live")
	for _, command := range all {
		s.runs(t, command)
	}
	if len(all) < 10 {
		t.Errorf("only %d commands are there", len(all))
	}
}

// commandsOf are the lines of the shell in a document, or in its section.
func commandsOf(t *testing.T, document, section string) (all []string) {
	t.Helper()
	book, err := os.ReadFile("../../../docs/" + document)
	if err != nil {
		t.Fatal(err)
	}
	text := string(book)
	if section != "" {
		_, text, _ = strings.Cut(text, "\n## "+section+"\n")
		text, _, _ = strings.Cut(text, "\n## ")
	}
	for _, block := range commands.FindAllStringSubmatch(text, -1) {
		for line := range strings.Lines(block[1]) {
			all = append(all, afterAll.ReplaceAllString(strings.TrimSpace(line), ""))
		}
	}
	return all
}

// An operatedSale is one with an order, and what the documents' commands name.
type operatedSale struct {
	dir   string
	env   []string
	known *strings.Replacer
}

func operated(t *testing.T) operatedSale {
	t.Helper()
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
	return operatedSale{
		dir: dir,
		env: append(os.Environ(), "PATH="+dir+":"+os.Getenv("PATH"), "TOKEN="+adminToken, "PRODUCT="+product,
			"API="+at.URL, "PROCESS=http://"+ops[1], "FLAGS="+strings.Join(on.flags(), " ")),
		known: strings.NewReplacer("postgres://…", "'"+on.postgres.URL()+"'", "redis://…", "'"+on.redis.URL()+"'", "seconds=10", "seconds=1"),
	}
}

// runs runs a command, which has to work and say something, or to write it.
func (s *operatedSale) runs(t *testing.T, command string) {
	t.Helper()
	shell := exec.CommandContext(t.Context(), "bash", "-euo", "pipefail", "-c", s.known.Replace(command))
	shell.Dir, shell.Env = s.dir, s.env
	out, err := shell.CombinedOutput()
	said := string(out)
	if _, file, kept := strings.Cut(command, " > "); kept {
		text, _ := os.ReadFile(filepath.Join(s.dir, file)) // without it nothing is said
		said = string(text)
	}
	if err != nil || strings.TrimSpace(said) == "" || strings.Contains(said, `"type":"/problems/`) || strings.Contains(said, "ERR ") {
		t.Errorf("%s: %v\n%s", command, err, said)
	}
}
