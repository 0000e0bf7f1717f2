package cluster

import (
	"encoding/json"
	"net/http/cookiejar"
	"testing"
	"time"

	"seckill/test/program"
)

const adminToken = "open-sesame-open-sesame"

// operator is a client of a process that shows a token, or without one the cookies of jar.
func operator(at *program.Server, token string, jar *cookiejar.Jar) *program.Server {
	client := *at.HTTP
	if token == "" {
		client.Jar = jar
	}
	return &program.Server{Process: at.Process, URL: at.URL, HTTP: &client, Token: token}
}

// A token that one process makes is taken by the others at once; revoked, neither it
// nor its session is taken by any, a second later. While Postgres is away nobody can tell,
// and operators are told so, but for the admin.
func TestARevokedTokenInACluster(t *testing.T) {
	on := sharedServers(t)
	c := start(t, bin, append([]string{"--admin-token", adminToken}, on.flags()...))
	here, there := c.apis[0], c.apis[1]
	admin := operator(here, adminToken, nil)
	ask := func(s *program.Server, status int, method, path, body string) (a program.Answer) {
		t.Helper()
		for began := time.Now(); ; <-time.After(100 * time.Millisecond) {
			a, err := s.Ask(method, path, "", body)
			switch busy := a.Status == 503 && time.Since(began) < patience; {
			case err == nil && a.Status == status:
				return a
			case err != nil || !busy:
				t.Fatalf("%s %s: %v, %v, not %d", method, path, a, err, status)
			}
		}
	}
	add := func(name string) string {
		t.Helper()
		var made struct{ Token string }
		if err := json.Unmarshal([]byte(ask(admin, 201, "POST", "/api/tokens", `{"name":"`+name+`","role":"operate"}`).Body), &made); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _, _ = admin.Ask("DELETE", "/api/tokens/"+name, "", "") }) // the servers are others' too
		return made.Token
	}
	ann := add("ann")
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	ask(operator(here, "", jar), 204, "POST", "/api/session", `{"name":"ann","token":"`+ann+`"}`)
	product := "/api/products/" + c.newSale(1).product
	ask(operator(there, ann, nil), 201, "PUT", product, `{"quantity":1}`)
	ask(operator(there, "", jar), 200, "PUT", product, `{"quantity":2}`)

	ask(admin, 204, "DELETE", "/api/tokens/ann", "")
	<-time.After(time.Second) // what is promised
	for _, s := range []*program.Server{here, there} {
		ask(operator(s, ann, nil), 401, "PUT", product, `{"quantity":3}`)
		ask(operator(s, "", jar), 401, "PUT", product, `{"quantity":3}`)
	}

	bob := operator(there, add("bob"), nil)
	ask(bob, 200, "GET", "/api/figures", "")
	on.postgres.Node.Stop()
	<-time.After(time.Second)
	if a := ask(bob, 503, "GET", "/api/figures", ""); a.Kind != "unavailable" {
		t.Errorf("with Postgres away bob is told %v", a)
	}
	ask(operator(there, adminToken, nil), 200, "GET", "/api/figures", "")
	up(t, on.postgres.Node)
	ask(bob, 200, "GET", "/api/figures", "")
}
