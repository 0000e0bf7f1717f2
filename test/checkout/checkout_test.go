// Package checkout does what examples/checkout says, with each of its programs.
package checkout

import (
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"seckill/internal/devstack/devtest"
	"seckill/test/program"
)

var binary = flag.String("bin", "", "the seckill to run; empty: build one")

func TestMain(m *testing.M) {
	flag.Parse()
	os.Exit(program.Main(m, binary))
}

const example = "../../examples/checkout"

// A shop is one of the programs: what the document has one type, and what that comes to here. A program that go run
// has started would outlive it.
type shop struct{ file, typed, built, command string }

var shops = map[string]shop{
	"go":   {"checkout.go", "go run checkout.go", "go build -o shop checkout.go", "./shop"},
	"node": {"checkout.mjs", "node checkout.mjs", "node --check checkout.mjs", "node checkout.mjs"},
}

var block = regexp.MustCompile("(?ms)^```sh\n(.*?)^```$")

// A reader follows the document, with one program and then with the other.
func TestTheDocument(t *testing.T) {
	raw, err := os.ReadFile(filepath.Join(example, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	var blocks []string
	for _, b := range block.FindAllStringSubmatch(string(raw), -1) {
		blocks = append(blocks, b[1])
	}
	if len(blocks) != 4 {
		t.Fatalf("%d blocks of commands: a secret, the sale, a product, a purchase", len(blocks))
	}
	for name, s := range shops {
		t.Run(name, func(t *testing.T) {
			for _, tool := range []string{"bash", "curl", "openssl", name} {
				if _, err := exec.LookPath(tool); err != nil {
					t.Skipf("SKIPPED: %v", err)
				}
			}
			if !strings.Contains(string(raw), "`"+s.typed+"`") {
				t.Errorf("the document does not say %s", s.typed)
			}
			follow(t, s, blocks)
		})
	}
}

func follow(t *testing.T, s shop, blocks []string) {
	r := &reader{folder: t.TempDir(), sale: devtest.FreeAddress(t), shop: devtest.FreeAddress(t)}
	if err := os.Symlink(*binary, filepath.Join(r.folder, "seckill")); err != nil {
		t.Fatal(err)
	}
	code, err := os.ReadFile(filepath.Join(example, s.file))
	if err == nil {
		err = os.WriteFile(filepath.Join(r.folder, s.file), code, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	r.run(t, blocks[0])
	r.run(t, s.built)
	serve := blocks[1] + " --listen " + r.sale
	server := r.serve(t, strings.ReplaceAll(serve, "\n", ""))
	till := r.open(t, s)
	r.run(t, blocks[2])

	bought := r.run(t, blocks[3])
	if !strings.Contains(bought, "Pretend to pay") || !till.Out.Await("pay_1: paid") {
		t.Fatalf("%s\n%s", bought, till.Out.String())
	}
	if order := r.run(t, `curl -s "localhost:3000/api/orders/$(cat order)"`); !strings.Contains(order, `"status":"paid"`) || !strings.Contains(order, `"pay_1"`) {
		t.Errorf("the order is %s", order)
	}

	const pay = `curl -s -d "product=1&order=$(cat order)&payment=pay_2" localhost:8080/payments`
	server.Kill()
	r.run(t, pay)
	r.run(t, pay) // a second press
	if !till.Out.Await("pay_2: ") {
		t.Fatal(till.Out.String())
	}
	till.Kill()
	till = r.open(t, s)
	r.serve(t, strings.ReplaceAll(serve, "\n", ""))
	if !till.Out.Await("pay_2: refund_due") {
		t.Error(till.Out.String())
	}
	if said := r.run(t, `curl -s -o /dev/null -w '%{http_code}' -d "product=2&order=$(cat order)&payment=pay_3" localhost:8080/payments`); said != "404" {
		t.Errorf("another product than the shop's is answered %s", said)
	}
}

// A reader has a folder with the programs in it, and addresses of their own for those that the document names.
type reader struct{ folder, sale, shop string }

// here is a command as it is run here.
func (r *reader) here(command string) string {
	command = strings.ReplaceAll(strings.ReplaceAll(command, "localhost:3000", r.sale), "localhost:8080", r.shop)
	return "cd '" + r.folder + "' && export SALE=http://" + r.sale + " LISTEN=" + r.shop + " && " + command
}

func (r *reader) run(t *testing.T, command string) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "bash", "-e", "-o", "pipefail", "-c", r.here(command)).Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s", command, err, out)
	}
	return string(out)
}

func (r *reader) launch(t *testing.T, command string) *program.Process {
	return program.Launch(t, "bash", "-c", r.here("exec "+command))
}

// open opens the shop.
func (r *reader) open(t *testing.T, s shop) *program.Process {
	t.Helper()
	till := r.launch(t, s.command)
	if !till.Out.Await("the shop is at") {
		t.Fatal(till.Out.String())
	}
	return till
}

func (r *reader) serve(t *testing.T, command string) *program.Server {
	t.Helper()
	server := program.NewServer(t, r.launch(t, command))
	if !server.Ready(t) {
		t.Fatal(server.Out.String())
	}
	return server
}
