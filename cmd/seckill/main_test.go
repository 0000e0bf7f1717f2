package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
)

// asMain makes this test binary the program itself: for what only a process has,
// as signals and a terminal.
const asMain = "SECKILL_TEST_AS_MAIN"

func TestMain(m *testing.M) {
	program := os.Getenv(asMain) != ""
	for _, v := range os.Environ() { // a developer's settings are no business of the tests
		if name, _, _ := strings.Cut(v, "="); strings.HasPrefix(name, "SECKILL_") && (!program || name == asMain) {
			if err := os.Unsetenv(name); err != nil {
				panic(err)
			}
		}
	}
	if program {
		main()
	}
	os.Exit(m.Run())
}

// program is a command line as a process of its own.
func program(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	c := exec.CommandContext(t.Context(), os.Args[0], args...)
	c.Env = append(os.Environ(), asMain+"=1")
	return c
}

// say runs a command line to its end.
func say(ctx context.Context, args ...string) (code int, stdout, stderr string) {
	var out, err bytes.Buffer
	code = run(ctx, args, &out, &err)
	return code, out.String(), err.String()
}

// over is a context that has ended: a server which starts all the same ends at once.
func over(t *testing.T) context.Context {
	ctx, end := context.WithCancel(t.Context())
	end()
	return ctx
}

// flags are those of each command, by its name.
func flags(t *testing.T) map[string][]*kong.Flag {
	t.Helper()
	parser, err := kong.New(&commands{}, kong.Name("seckill"))
	if err != nil {
		t.Fatal(err)
	}
	all := map[string][]*kong.Flag{}
	for _, c := range parser.Model.Leaves(false) {
		all[strings.TrimPrefix(c.FullPath(), "seckill ")] = c.Flags
	}
	return all
}

func TestHelp(t *testing.T) {
	code, stdout, stderr := say(t.Context(), "--help")
	if code != 0 || stderr != "" || strings.Contains(stdout, "\x1b") {
		t.Errorf("--help: exit code %d\n%s%s", code, stdout, stderr)
	}
	if code, alone, stderr := say(t.Context()); code != 0 || alone != stdout || stderr != "" {
		t.Errorf("without a command: exit code %d\n%s%s", code, alone, stderr)
	}
	for command, flags := range flags(t) {
		if !strings.Contains(stdout, "\n  "+command+" ") {
			t.Errorf("--help does not name %s:\n%s", command, stdout)
		}
		code, text, stderr := say(t.Context(), append(strings.Fields(command), "--help")...)
		if code != 0 || stderr != "" || !strings.Contains(text, "seckill "+command) {
			t.Errorf("%s --help: exit code %d\n%s%s", command, code, text, stderr)
		}
		for _, f := range flags {
			if !strings.Contains(text, "--"+f.Name) || f.Help == "" {
				t.Errorf("%s --help does not tell of --%s:\n%s", command, f.Name, text)
			}
		}
	}
}

func TestWrongUsage(t *testing.T) {
	const known = "serve --insecure --buyer-auth=header --buyer-header=X-User-Id --trusted-proxies=10.0.0.0/8"
	for _, c := range []struct{ args, want string }{
		{"sell", "sell"},
		{"--listen=localhost:3000", "--listen"},
		{"serve extra", "extra"},
		{"serve --lissen=localhost:3000", `--lissen, did you mean "--listen"`},
		{"serve --listen", "--listen"},
		{"serve --listen=3000", "--listen must be host:port"},
		{"serve --listen=::1:3000", "--listen must be host:port"},
		{"serve --listen=localhost:99999", "--listen must be host:port"},
		{"serve --listen=localhost:", "--listen must be host:port"},
		{"serve --tls-cert=c", "--tls-key is missing"},
		{"serve --tls-key=k", "--tls-cert is missing"},
		{"serve --tls-cert=c --tls-key=k", "--tls-cert cannot be read: open c: no such file"},
		{"serve --data=", "--data must name a folder"},
		{"serve --rate=fast", "--rate must be a number"},
		{"serve --rate=-1", "--rate must be 0"},
		{"serve --max-unrelayed=0", "--max-unrelayed must be at least 1"},
		{"serve --max-unrelayed=1.5", "--max-unrelayed must be a whole number"},
		{"serve --insecure=perhaps", "--insecure"},
		{"serve --buyer-auth=token", "--buyer-auth must be body, jwt or header"},
		{"serve --buyer-auth=jwt", "--buyer-keys is missing"},
		{"serve --buyer-auth=jwt --buyer-keys=file:k", "--buyer-issuer is missing"},
		{"serve --buyer-auth=jwt --buyer-keys=file:k --buyer-issuer=i", "--buyer-audience is missing"},
		{"serve --insecure --buyer-auth=jwt --buyer-keys=file:k --buyer-issuer=i --buyer-audience=a", "--buyer-keys file:k: open k: no such file"},
		{"serve --insecure --buyer-auth=jwt --buyer-keys=http://shop/keys --buyer-issuer=i --buyer-audience=a", "must be file:PATH or an https URL"},
		{"serve --buyer-auth=jwt --buyer-header=X-User-Id", "--buyer-keys is missing"},
		{"serve --buyer-keys=file:k", "--buyer-keys is for --buyer-auth jwt"},
		{"serve --buyer-auth=header", "--buyer-header is missing"},
		{"serve --buyer-auth=header --buyer-header=X-User-Id", "--trusted-proxies is missing"},
		{"serve --buyer-auth=header --buyer-header=Cookie --trusted-proxies=10.0.0.0/8", "--buyer-header must be the name of a header"},
		{"serve --buyer-auth=header --buyer-header=X-User-Id --trusted-proxies=proxy", "--trusted-proxies must be addresses or networks"},
		{"serve --trusted-proxies=10.0.0.0/8,0.0.0.0/0", "--trusted-proxies 0.0.0.0/0 is everybody"},
		{"serve --max-connections-address=-1", "--max-connections-address must be 0 (no limit) or above"},
		{"serve --max-streams-address=-1", "--max-streams-address must be 0 (no limit) or above"},
		{"serve --rate-address=-1", "--rate-address must be 0"},
		{"serve --rate-product=-1", "--rate-product must be 0"},
		{"serve --hosts=https://sale.shop.example", "--hosts must be names"},
		{"serve --hosts=sale.shop.example:443", "--hosts must be names"},
		{"serve --insecure --listen=0.0.0.0:65535", "--ops-listen must be named"},
		{"restore file --until=", "--until must be a time"},
		{"serve --traces=collector:4318", "--traces must be a URL"},
		{"serve --traces-ratio=1.5", "--traces-ratio must be 0"},
		{"serve --traces-ratio=NaN", "--traces-ratio must be 0"},
		{"serve --trusted-proxies=::/0", "--trusted-proxies ::/0 is everybody"},
		{"serve --buyer-auth=header --buyer-header=X-User-Id --trusted-proxies=10.0.0.0/8 --pass-life=1s", "--pass-life must be 1m to 168h"},
		{"serve --challenge=turnstile", "--challenge stands before passes: give --buyer-auth"},
		{"serve --challenge-site-key=k", "--challenge-site-key is for --challenge"},
		{"serve --challenge-outage=open", "--challenge-outage is for --challenge"},
		{"serve --challenge=cloudflare", "--challenge must be turnstile, or the https URL"},
		{"serve --challenge=http://provider.example/siteverify", "--challenge must be turnstile, or the https URL"},
		{known + " --challenge=turnstile", "--challenge-secret is missing"},
		{known + " --challenge=turnstile --challenge-secret=s", "--challenge-hosts is missing"},
		{known + " --challenge=turnstile --challenge-secret=s --challenge-hosts=https://a.example", "--challenge-hosts must be names"},
		{known + " --challenge=turnstile --challenge-secret=s --hosts=a.example --challenge-outage=maybe", "--challenge-outage must be closed or open"},
		{"pass", "give --user or --count"},
		{"pass --user=u --count=1", "give --user or --count"},
		{"pass --count=1000001", "--count must be 1 to 1,000,000"},
		{"pass --user=u --life=168h1s", "--life must be 1s to 168h"},
		{"verify --dta=x", `--dta, did you mean "--data"`},
		{"verify ./data", "./data"},
		{"rush --product=1 --buyer=5", "--buyer, did you mean"},
		{"rush --product=1 --over=soon", "--over must be a time"},
		{"ready --listen=3000", "--listen must be host:port"},
	} {
		t.Run(c.args, func(t *testing.T) {
			t.Chdir(t.TempDir())
			code, stdout, stderr := say(over(t), strings.Fields(c.args)...)
			if code != 64 || stdout != "" || !strings.Contains(stderr, c.want) || !strings.HasSuffix(stderr, "\nTry 'seckill --help'.\n") {
				t.Errorf("exit code %d, want 64 and %q\n%s%s", code, c.want, stdout, stderr)
			}
			if made, err := os.ReadDir("."); err != nil || len(made) > 0 {
				t.Errorf("it made %v, %v", made, err)
			}
		})
	}
}

// Beyond this machine, who may run the sale has to be said.
func TestServeBeyondThisMachine(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, listen := range []string{"0.0.0.0:0", "[::]:0", ":0", "192.0.2.1:0", "shop.example:0"} {
		code, _, stderr := say(over(t), "serve", "--listen", listen)
		if code != 64 || !strings.Contains(stderr, listen) || !strings.Contains(stderr, "--admin-token") || !strings.Contains(stderr, "--insecure") {
			t.Errorf("%s: exit code %d\n%s", listen, code, stderr)
		}
	}
	code, _, stderr := say(over(t), "serve", "--listen=0.0.0.0:0", "--admin-token=sixteen-letters-")
	if code != 64 || !strings.Contains(stderr, "--buyer-auth jwt or header") || !strings.Contains(stderr, "--insecure") {
		t.Errorf("buyers are believed: exit code %d\n%s", code, stderr)
	}
	for allowed, want := range map[string]int{
		"--insecure": 201, "--insecure --admin-token=sixteen-letters-": 401,
		"--admin-token=sixteen-letters- --buyer-auth=header --buyer-header=X-User --trusted-proxies=10.0.0.0/8,::1": 401,
	} {
		s := start(t, append([]string{"serve", "--listen=0.0.0.0:0", "--data", t.TempDir()}, strings.Fields(allowed)...)...)
		put := s.put(t)
		if put != want {
			t.Errorf("%s: a stranger's product was answered %d", allowed, put)
		}
		if warns := strings.Contains(s.output(), "without TLS"); warns == strings.Contains(allowed, "--trusted-proxies") {
			t.Errorf("%s: it warns of answers without TLS: %v", allowed, warns)
		}
		s.interrupt(t)
	}
	code, _, stderr = say(over(t), "serve", "--listen=0.0.0.0:0", "--admin-token=fifteen-letters")
	if code != 64 || !strings.Contains(stderr, "--admin-token must have at least 16 characters") || strings.Contains(stderr, "fifteen") {
		t.Errorf("a short token: exit code %d\n%s", code, stderr)
	}
}

// A token that no list of processes shows.
func TestAdminTokenOfAFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(file, []byte("sixteen-letters-\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("SECKILL_ADMIN_TOKEN", "file:"+file)
	s := start(t, "serve", "--listen=0.0.0.0:0", "--insecure", "--data", t.TempDir())
	if put := s.put(t); put != 401 {
		t.Errorf("a stranger's product was answered %d", put)
	}
	if signedIn := s.send(t, "POST", "/api/session", `{"name":"admin","token":"sixteen-letters-"}`); signedIn != 204 {
		t.Errorf("signing in was answered %d", signedIn)
	}
	s.interrupt(t)
	if err := os.Truncate(file, 0); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{file: "is empty", file + "x": "no such file"} {
		code, _, stderr := say(over(t), "serve", "--data", t.TempDir(), "--admin-token=file:"+path)
		if code != 64 || !strings.Contains(stderr, want) || !strings.Contains(stderr, path) {
			t.Errorf("exit code %d\n%s", code, stderr)
		}
	}
	t.Setenv("SECKILL_ADMIN_TOKEN", " ")
	if code, _, stderr := say(over(t), "serve", "--data", t.TempDir()); code != 64 || !strings.Contains(stderr, "is blank") {
		t.Errorf("a blank token: exit code %d\n%s", code, stderr)
	}
}

// Every flag is also an environment variable, of which the command line wins: but for those
// that say in what form one reads an answer, now.
func TestEnvironment(t *testing.T) {
	forms := []string{"help", "verify --all", "verify --json"}
	for command, flags := range flags(t) {
		for _, f := range flags {
			want := []string{"SECKILL_" + strings.ToUpper(strings.ReplaceAll(f.Name, "-", "_"))}
			isForm := slices.Contains(forms, f.Name) || slices.Contains(forms, command+" --"+f.Name)
			if !isForm && !reflect.DeepEqual(f.Envs, want) {
				t.Errorf("%s --%s is %v, want %v", command, f.Name, f.Envs, want)
			}
		}
	}
	for name, value := range map[string]string{
		"SECKILL_LISTEN": "3000", "SECKILL_RATE": "fast", "SECKILL_MAX_UNRELAYED": "0", "SECKILL_INSECURE": "perhaps",
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv(name, value)
			flag := "--" + strings.ToLower(strings.ReplaceAll(strings.TrimPrefix(name, "SECKILL_"), "_", "-"))
			if code, _, stderr := say(over(t), "serve", "--data", t.TempDir()); code != 64 || !strings.Contains(stderr, flag) && !strings.Contains(stderr, name) {
				t.Errorf("exit code %d\n%s", code, stderr)
			}
		})
	}
	nowhere := filepath.Join(t.TempDir(), "nowhere")
	t.Setenv("SECKILL_DATA", nowhere)
	if code, _, stderr := say(t.Context(), "verify"); code != 2 || !strings.Contains(stderr, nowhere) {
		t.Errorf("SECKILL_DATA: exit code %d\n%s", code, stderr)
	}
	other := filepath.Join(t.TempDir(), "other")
	if code, _, stderr := say(t.Context(), "verify", "--data", other); code != 2 || !strings.Contains(stderr, other) {
		t.Errorf("--data over SECKILL_DATA: exit code %d\n%s", code, stderr)
	}
}

func TestVerifyExitCodes(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	flags := []string{}
	verify := func(want int, words ...string) {
		t.Helper()
		code, stdout, stderr := say(t.Context(), append([]string{"verify", "--data", data}, flags...)...)
		for _, w := range words {
			if !strings.Contains(stdout+stderr, w) {
				t.Errorf("it does not say %q", w)
			}
		}
		if code != want || t.Failed() {
			t.Errorf("exit code %d, want %d\n%s%s", code, want, stdout, stderr)
		}
	}
	verify(2, "could not judge", data)
	if _, err := os.Stat(data); !os.IsNotExist(err) {
		t.Errorf("it made the folder: %v", err)
	}
	s := start(t, "serve", "--listen=127.0.0.1:0", "--data", data)
	if put := s.put(t); put != 201 {
		t.Errorf("PUT: %d", put)
	}
	verify(0, "no findings", "1 product", "running", "ok      product 1: held 0 of 5, ")
	flags = []string{"--all"}
	verify(0, "no findings", "product 1: held <= quantity (held 0, quantity 5)")
	flags = []string{"--json"}
	verify(0, `"findings": []`, `"code": "held_within_quantity"`)
	flags = nil
	s.interrupt(t)
	verify(0, "no findings", "1 product", "stopped")
	if err := os.WriteFile(filepath.Join(data, "orders.log"), bytes.Repeat([]byte("?"), 5000), 0o600); err != nil {
		t.Fatal(err)
	}
	verify(1, "FINDING damage", "orders.log", "1 finding")
	if err := os.WriteFile(filepath.Join(data, "version"), []byte("99\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	verify(2, "could not judge", data, `"99"`)
}

// Without a terminal there is nothing that only a terminal understands.
func TestRushWithoutATerminal(t *testing.T) {
	url := shopOf(t, 10, 1000)
	out, err := program(t, "rush", "--url", url, "--product=1", "--buyers=100", "--over=1200ms").CombinedOutput()
	if err != nil || bytes.ContainsAny(out, "\x1b\r\b") || !bytes.Contains(out, []byte("sold out")) {
		t.Errorf("%v\n%q", err, out)
	}
	if !bytes.Contains(out, []byte(" of 100 sent")) {
		t.Errorf("no progress in plain lines:\n%s", out)
	}
}

// Ctrl-C in the middle of a rush ends it with the report of what was.
func TestRushInterrupted(t *testing.T) {
	folder := t.TempDir()
	report := filepath.Join(folder, "r.json")
	url, met := shopThatTells(t, 50)
	c := program(t, "rush", "--url", url, "--product=1", "--buyers=100000", "--over=10m", "--json", report)
	var stdout, stderr bytes.Buffer
	c.Stdout, c.Stderr = &stdout, &stderr
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	<-met
	if err := c.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	_ = c.Wait() // its exit code is what is looked at
	if code := c.ProcessState.ExitCode(); code != 130 || !strings.Contains(stderr.String(), "seckill: interrupted") || !strings.Contains(stdout.String(), "placed") {
		t.Errorf("exit code %d\n%s%s", code, &stdout, &stderr)
	}
	if raw, err := os.ReadFile(report); err != nil || !bytes.Contains(raw, []byte("interrupted")) {
		t.Errorf("report: %v, %.300s", err, raw)
	}
}

func TestReady(t *testing.T) {
	s := start(t, "serve", "--listen=127.0.0.1:0", "--data", t.TempDir())
	if code, stdout, stderr := say(t.Context(), "ready", "--listen", s.listen); code != 0 || stdout != "ready\n" {
		t.Errorf("exit code %d\n%s%s", code, stdout, stderr)
	}
	s.interrupt(t)
	if code, _, stderr := say(t.Context(), "ready", "--listen", s.listen); code != 1 || !strings.Contains(stderr, "refused") {
		t.Errorf("exit code %d\n%s", code, stderr)
	}
}

func TestReadyNamesWhatIsAway(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, `{"status":"ok","degraded":["Kafka","Postgres"]}`)
	}))
	defer s.Close()
	code, stdout, stderr := say(t.Context(), "ready", "--listen", s.Listener.Addr().String())
	if code != 0 || stdout != "ready, without Kafka, without Postgres\n" {
		t.Errorf("exit code %d\n%s%s", code, stdout, stderr)
	}
}

func TestServeSaysWhereToClick(t *testing.T) {
	data := t.TempDir()
	s := start(t, "serve", "--listen=127.0.0.1:0", "--data", data)
	_, port, _ := strings.Cut(s.listen, ":")
	for _, path := range []string{"/", "/order/1", "/buy/1"} {
		if want := fmt.Sprintf("http://localhost:%s%s\n", port, path); !strings.Contains(s.output(), want) {
			t.Errorf("it does not name %s", want)
		}
	}
	if out := s.output(); !strings.Contains(out, data) || strings.ContainsAny(out, "\x1b\r") {
		t.Errorf("%q", out)
	}
	s.interrupt(t)
}

// Whoever ends a command is told that it was ended, not where it was met.
func TestACommandThatIsEndedSaysSo(t *testing.T) {
	data := t.TempDir()
	s := start(t, "serve", "--listen=127.0.0.1:0", "--data", data)
	s.put(t)
	s.interrupt(t)
	for name, args := range map[string][]string{
		"could not judge: ": {"verify", "--data", data},
		"not backed up: ":   {"backup", filepath.Join(t.TempDir(), "b"), "--data", data},
		"":                  {"token", "list", "--admin-token", "x", "--url", "http://127.0.0.1:1"},
	} {
		code, _, stderr := say(over(t), args...)
		if want := "seckill: " + name + "interrupted\n"; stderr != want || code == 0 {
			t.Errorf("%v: exit %d, %q, want %q", args, code, stderr, want)
		}
	}
}

// A sale goes on when whoever read what it prints has gone.
func TestNobodyReadsTheLog(t *testing.T) {
	c := program(t, "serve", "--listen=127.0.0.1:0", "--data", t.TempDir(), "--log-format", "json")
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	c.Stdout, c.Stderr = write, write
	if err := errors.Join(c.Start(), write.Close()); err != nil {
		t.Fatal(err)
	}
	var ready struct{ Msg, Address string }
	for lines := bufio.NewScanner(read); ready.Msg != "ready" && lines.Scan(); {
		_ = json.Unmarshal(lines.Bytes(), &ready) // or it is no line of the log
	}
	if err := read.Close(); err != nil {
		t.Fatal(err)
	}
	s := &server{listen: ready.Address}
	for range 2 { // each is logged
		if put := s.put(t); put != 201 && put != 200 {
			t.Errorf("PUT: %d", put)
		}
	}
	if err := c.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := c.Wait(); err != nil {
		t.Error(err)
	}
}
