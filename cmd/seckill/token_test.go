package main

import (
	"net/http"
	"strings"
	"testing"
)

func TestTokensOfAServer(t *testing.T) {
	s := start(t, "serve", "--listen=127.0.0.1:0", "--data", t.TempDir(), "--admin-token=sesame")
	ask := func(command string, args ...string) (code int, stdout, stderr string) {
		t.Helper()
		return say(t.Context(), append([]string{"token", command, "--url=http://" + s.listen + "/", "--admin-token=sesame"}, args...)...)
	}
	code, made, said := ask("add", "ann", "--role=operate")
	made = strings.TrimSuffix(made, "\n")
	if code != 0 || !strings.HasPrefix(made, "seckill_") || strings.Contains(made, "\n") || !strings.Contains(said, "ann (operate)") {
		t.Fatalf("exit code %d\n%s%s", code, made, said)
	}
	if code, _, said := ask("add", "ann", "--role=view"); code != 1 || said != "seckill: There is already a token with this name\n" {
		t.Errorf("a name that is taken: exit code %d\n%s", code, said)
	}
	if code, _, said := ask("add", "a b", "--role=view"); code != 1 || !strings.Contains(said, "name must be 1 to 64 characters of") {
		t.Errorf("a name that may not be: exit code %d\n%s", code, said)
	}
	if code, _, said := ask("add", "bob", "--role=admin"); code != 64 || !strings.Contains(said, "view, operate or payments") {
		t.Errorf("a role that there is not: exit code %d\n%s", code, said)
	}
	code, list, said := ask("list")
	if lines := strings.Split(list, "\n"); code != 0 || len(lines) != 3 || !strings.HasPrefix(lines[1], "ann   operate  20") || strings.Contains(list, made) {
		t.Errorf("exit code %d\n%s%s", code, list, said)
	}
	if status := s.as(t, made, http.MethodPut, "/api/products/1", `{"quantity":5}`); status != 201 {
		t.Errorf("ann's product was answered %d", status)
	}
	if code, _, said := say(t.Context(), "token", "list", "--url=http://"+s.listen, "--admin-token="+made); code != 1 || said != "seckill: The role of this token does not allow this\n" {
		t.Errorf("by ann: exit code %d\n%s", code, said)
	}
	if code, _, said := say(t.Context(), "token", "list", "--url=http://"+s.listen, "--admin-token=sesam"); code != 1 || !strings.Contains(said, "the admin token is wrong") {
		t.Errorf("by nobody: exit code %d\n%s", code, said)
	}
	if code, out, said := ask("revoke", "ann"); code != 0 || out+said != "" {
		t.Errorf("exit code %d\n%s%s", code, out, said)
	}
	if status := s.as(t, made, http.MethodPut, "/api/products/1", `{"quantity":6}`); status != 401 {
		t.Errorf("revoked, ann was answered %d", status)
	}
	if code, _, said := ask("revoke", "ann"); code != 1 || said != "seckill: ann has no token\n" {
		t.Errorf("revoked again: exit code %d\n%s", code, said)
	}
	s.interrupt(t)
	if code, _, said := ask("list"); code != 1 || !strings.Contains(said, s.listen) {
		t.Errorf("of a server that has ended: exit code %d\n%s", code, said)
	}
}
