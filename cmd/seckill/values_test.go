package main

import (
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// A wrong command line is told in our words: the flag, the rule, and what was given.
func TestWrongValuesAreToldInWords(t *testing.T) {
	none := filepath.Join(t.TempDir(), "none")
	for args, want := range map[string]string{
		"serve --wait 5":                      `seckill: --wait must be a time with its unit, as 2s or 1m30s, not "5"`,
		"serve --drain=xx":                    `seckill: --drain must be a time with its unit, as 2s or 1m30s, not "xx"`,
		"serve --rate=much":                   `seckill: --rate must be a number, as 2 or 0.5, not "much"`,
		"serve --log-level=loud":              `seckill: --log-level must be debug, info, warn or error, not "loud"`,
		"rush --product=1 --buyers -3":        `seckill: --buyers must be 1 to 1,000,000, not -3`,
		"rush --product=1 --buyers 1e4":       `seckill: --buyers must be a whole number, as 100, not "1e4"`,
		"rush --product=1 --seed -1":          `seckill: --seed must be a whole number of 0 or more, as 100, not "-1"`,
		"rush --product=1 --buyers --over 5s": `seckill: --buyers needs a value`,
		"rush --product=1 --over":             `seckill: --over needs a value`,
		"pass --user":                         `seckill: --user needs a value`,
		"serve --log-format xml":              `seckill: --log-format must be text or json, not "xml"`,
		"serve --insecure=maybe":              `seckill: --insecure must be true or false, not "maybe"`,
		"serve --admin-token=file:" + none:    `seckill: --admin-token: ` + none + `: no such file or directory`,
		"serve --redis=http://h --kafka=h:1 --postgres=postgres://h/d": `seckill: --redis must be redis:// or rediss://, as redis://localhost:6379, not http://`,
		"serve --redis=redis://h --kafka=h:1 --postgres=postgres://[/": `seckill: --postgres must be as postgres://seckill@localhost/seckill: it cannot be read; of a password, whatever is no letter and no digit is percent-encoded`,
		"token add ann --admin-token=x --role=boss":                    `seckill: --role must be view, operate or payments, not "boss"`,
		"backup":                              `seckill: <to> is missing`,
		"restore " + none + " --data=" + none: `seckill: not restored: ` + none + `: no such file or directory`,
		"rush --product=1 --passes=" + none:   `seckill: ` + none + `: no such file or directory`,
		"serve --admin-token":                 `seckill: --admin-token needs a value`,
		"serv":                                `seckill: unexpected argument serv, did you mean "serve"?`,
		"ready --listen=127.0.0.1:1":          `seckill: http://localhost:1 cannot be reached: connection refused`,
		"token list --admin-token=x --url=http://127.0.0.1:1": `seckill: http://127.0.0.1:1 cannot be reached: connection refused`,
		"verify --data=" + none:                               `seckill: could not judge: there is no sale in ` + none + `: neither orders.log nor store.db is there`,
	} {
		code, stdout, stderr := say(t.Context(), strings.Fields(args)...)
		if first, _, _ := strings.Cut(stderr, "\n"); first != want || stdout != "" || code == 0 {
			t.Errorf("%s: exit code %d\ngot  %s\nwant %s\n%s", args, code, first, want, stdout)
		}
	}
}

func TestHelpIsACommandToo(t *testing.T) {
	for _, args := range []string{"help", "help verify", "help token add"} {
		given := strings.Fields(args)
		code, told, _ := say(t.Context(), given...)
		if _, want, _ := say(t.Context(), append(given[1:], "--help")...); code != 0 || told != want || told == "" {
			t.Errorf("%s: exit code %d\n%s", args, code, told)
		}
	}
}

// What a variable says is told by its name alone: it may be a secret.
func TestAWrongVariableIsToldByItsName(t *testing.T) {
	t.Setenv("SECKILL_RATE", "much")
	if code, _, stderr := say(t.Context(), "serve"); code != 64 || !strings.HasPrefix(stderr, `seckill: --rate must be a number, as 2 or 0.5, not "much" (SECKILL_RATE)`+"\n") {
		t.Errorf("exit code %d, %s", code, stderr)
	}
}

// A shell asks the program itself what could follow.
func TestCompletion(t *testing.T) {
	for line, want := range map[string]string{
		"seckill ver":               "verify",
		"seckill verify --j":        "--json",
		"seckill token add --role ": "operate payments view",
	} {
		c := program(t)
		c.Env = append(c.Env, "COMP_LINE="+line)
		out, err := c.Output()
		if words := strings.Fields(string(out)); err != nil || strings.Join(slices.Sorted(slices.Values(words)), " ") != want {
			t.Errorf("%s: %v\n%s", line, err, out)
		}
	}
	for _, shell := range []string{"bash", "zsh", "fish"} {
		code, script, _ := say(t.Context(), "completion", shell)
		if code != 0 || !strings.Contains(script, "complete ") {
			t.Errorf("%s: exit code %d\n%s", shell, code, script)
		}
		sh, err := exec.LookPath(shell)
		if err != nil {
			continue
		}
		check := exec.CommandContext(t.Context(), sh, "-n")
		check.Stdin = strings.NewReader(script)
		if out, err := check.CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", shell, err, out)
		}
	}
	if code, _, stderr := say(t.Context(), "completion", "csh"); code != 64 || !strings.Contains(stderr, `must be bash, zsh or fish, not "csh"`) {
		t.Errorf("exit code %d\n%s", code, stderr)
	}
}

// Every flag that holds a secret takes it from a file, too.
func TestSecretsComeFromFiles(t *testing.T) {
	named := regexp.MustCompile(`^(.*token|.*secret|.*password|redis|kafka|postgres)$`)
	n := 0
	for command, flags := range flags(t) {
		for _, f := range flags {
			if !named.MatchString(f.Name) {
				continue
			}
			if n++; f.Target.Type() != reflect.TypeFor[secret]() {
				t.Errorf("%s --%s shows its value to whoever lists the processes", command, f.Name)
			}
		}
	}
	if n < 15 {
		t.Errorf("%d of them", n)
	}
}
