package fault

import (
	"encoding/base64"
	"fmt"
	"net"
	"path/filepath"
	"strings"
	"testing"
)

// Whatever names another address in a request: the server asks nobody there, be it told by an
// operator or by a stranger, and be it as a key's place, a link, a host or a target.
func TestNobodySendsTheServerElsewhere(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	asked := make(chan struct{}, 1)
	go func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				close(asked)
				return
			}
			_ = c.Close() // whoever asks has told enough
			select {
			case asked <- struct{}{}:
			default:
			}
		}
	}()
	at := ln.Addr().String()
	there := "http://" + at + "/"

	const admin = "open-sesame-open-sesame"
	keys := filepath.Join(t.TempDir(), "keys.json")
	mustWrite(t, keys, fmt.Appendf(nil, `{"kty":"oct","k":%q}`, strings.Repeat("A", 43)))
	s := serve(t, bin, t.TempDir(), "--admin-token", admin, "--buyer-auth", "jwt", "--buyer-keys", "file:"+keys, "--buyer-issuer", "https://shop", "--buyer-audience", "seckill")
	token := func(header string) string {
		b64 := base64.RawURLEncoding.EncodeToString
		return b64([]byte(header)) + "." + b64([]byte(`{"iss":"`+there+`","aud":"seckill","sub":"u","exp":9999999999}`)) + "." + b64([]byte("signature"))
	}
	post := func(target, who, body string) string {
		return fmt.Sprintf("POST %s HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", target, who, len(body), body)
	}
	requests := map[string]string{
		"an absolute target": "GET " + there + "api/products/1 HTTP/1.1\r\nHost: " + at + "\r\n\r\n",
		"CONNECT":            "CONNECT " + at + " HTTP/1.1\r\nHost: " + at + "\r\n\r\n",
		"hosts":              "GET /api/products/1 HTTP/1.1\r\nHost: " + at + "\r\nX-Forwarded-Host: " + at + "\r\nForwarded: host=\"" + at + "\"\r\nX-Original-URL: " + there + "\r\nReferer: " + there + "\r\n\r\n",
		"a path":             "GET /" + there + " HTTP/1.1\r\nHost: localhost\r\n\r\n",
		"a page's query":     "GET /buy/1?api=" + there + "&return=" + there + " HTTP/1.1\r\nHost: localhost\r\n\r\n",
		"a rehearsal":        post("/api/rehearsals", admin, `{"buyers":1,"url":"`+there+`"}`),
		"a payment":          post("/api/payments", admin, `{"payment_id":"`+there+`","product_id":"1","order_id":"01234567-89ab-7cde-8f01-23456789abcd","amount":1,"currency":"EUR"}`),
		"who follows":        "GET /api/products/1 HTTP/1.1\r\nHost: localhost\r\ntraceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\ntracestate: seckill=" + at + "\r\nbaggage: collector=" + at + "\r\n\r\n",
	}
	for name, header := range map[string]string{
		"jku": `{"alg":"RS256","jku":"` + there + `","kid":"a"}`, "x5u": `{"alg":"RS256","x5u":"` + there + `","kid":"a"}`,
		"kid": `{"alg":"HS256","kid":"` + there + `"}`, "iss": `{"alg":"HS256"}`,
	} {
		requests["a buy, "+name] = post("/api/products/1/orders", token(header), `{}`)
		requests["a pass, "+name] = post("/api/pass", token(header), `{}`)
	}
	s.Token = admin
	s.Put(t, "1", `{"quantity":5,"url":"`+there+`","image_url":"`+there+`"}`)
	for name, request := range requests {
		if answers := conversation(t, s, request); len(answers) != 1 || answers[0].Status >= 500 {
			t.Errorf("%s is answered %+v", name, answers)
		}
	}
	if a, err := s.Get("/api/products/1"); err != nil || !strings.Contains(a.Body, there) {
		t.Errorf("the link is not kept: %v, %v", a, err)
	}
	s.Stop(t)
	if err := ln.Close(); err != nil {
		t.Error(err)
	}
	if _, was := <-asked; was {
		t.Error("the server asked an address that a request named")
	}
}
