// The checkout of a shop: it takes a pretended payment for an order of the sale, and tells the sale until that has answered.
package main

import (
	"bytes"
	"cmp"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"
)

var (
	sale   = cmp.Or(os.Getenv("SALE"), "http://localhost:3000")
	listen = cmp.Or(os.Getenv("LISTEN"), "localhost:8080")
	prices = map[string]int64{"1": 1999} // of the shop's products, in cents: a browser may say anything
	id     = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)
	client = http.Client{Timeout: 10 * time.Second}
	secret []byte // which the sale knows, too
)

func main() {
	kept, err := os.ReadFile("payments.secret")
	if err == nil {
		secret, err = base64.StdEncoding.DecodeString(strings.TrimPrefix(strings.TrimSpace(string(kept)), "whsec_"))
	}
	if err = errors.Join(err, os.MkdirAll("payments", 0o700)); err != nil {
		log.Fatal(err)
	}
	untold, _ := filepath.Glob("payments/*.json") // the pattern is right
	for _, file := range untold {
		go tell(file)
	}
	http.HandleFunc("GET /pay", ask)
	http.HandleFunc("POST /payments", take)
	address, err := net.Listen("tcp", listen)
	if err != nil {
		log.Fatal(err)
	}
	log.Print("the shop is at http://", listen)
	log.Fatal((&http.Server{ReadHeaderTimeout: 10 * time.Second}).Serve(address))
}

// ask is where the link of the product leads, to which the sale has added product and order.
func ask(w http.ResponseWriter, r *http.Request) {
	product, order := r.FormValue("product"), r.FormValue("order")
	if prices[product] == 0 || !id.MatchString(order) {
		http.NotFound(w, r)
		return
	}
	fmt.Fprintf(w, `<!doctype html><title>The shop</title><form method="post" action="/payments">
<input type="hidden" name="product" value="%s"><input type="hidden" name="order" value="%s">
<input type="hidden" name="payment" value="pay_%x"><button>Pretend to pay</button></form>`, product, order, time.Now().UnixNano())
}

// take is where a shop takes the money. What it has taken is written down before anybody is told, in a database rather than a
// file, and by its id once: a second press is no second payment.
func take(w http.ResponseWriter, r *http.Request) {
	product, order, payment := r.FormValue("product"), r.FormValue("order"), r.FormValue("payment")
	if prices[product] == 0 || !id.MatchString(order) || !id.MatchString(payment) {
		http.NotFound(w, r)
		return
	}
	file, err := os.OpenFile("payments/"+payment+".json", os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err == nil {
		_, err = fmt.Fprintf(file, `{"payment_id":%q,"product_id":%q,"order_id":%q,"amount":%d,"currency":"EUR"}`, payment, product, order, prices[product])
		err = errors.Join(err, file.Sync(), file.Close())
		go tell(file.Name())
	}
	if err != nil && !errors.Is(err, os.ErrExist) {
		log.Fatal(err)
	}
	http.Redirect(w, r, fmt.Sprintf("%s/buy/%s?order=%s&payment=%s", sale, product, order, payment), http.StatusSeeOther) // which says what becomes of it
}

// tell tells the sale of a payment, again and again until it has said how it ends. By its id it counts once.
func tell(file string) {
	payment := strings.TrimSuffix(filepath.Base(file), ".json")
	for {
		said, final := send(payment, file)
		log.Print(payment, ": ", said)
		if final {
			break
		}
		time.Sleep(2 * time.Second)
	}
	if err := os.Rename(file, strings.TrimSuffix(file, ".json")+".told"); err != nil {
		log.Fatal(err)
	}
}

// send sends a payment, signed as https://www.standardwebhooks.com says. It is final that it is paid, that it is owed back
// (refund_due: the shop pays it back), and that it is refused, which only a mistake of the shop can bring about.
func send(payment, file string) (said string, final bool) {
	body, err := os.ReadFile(file)
	if err != nil {
		log.Fatal(err)
	}
	now := fmt.Sprint(time.Now().Unix())
	mac := hmac.New(sha256.New, secret)
	fmt.Fprintf(mac, "%s.%s.%s", payment, now, body)
	r, err := http.NewRequest(http.MethodPost, sale+"/api/payments", bytes.NewReader(body))
	if err != nil {
		log.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("webhook-id", payment)
	r.Header.Set("webhook-timestamp", now)
	r.Header.Set("webhook-signature", "v1,"+base64.StdEncoding.EncodeToString(mac.Sum(nil)))
	answer, err := client.Do(r)
	if err != nil {
		return err.Error(), false
	}
	defer func() { _ = answer.Body.Close() }() // it has been read
	var a struct{ Outcome, Title, Detail string }
	_ = json.NewDecoder(answer.Body).Decode(&a) // a proxy may say anything
	again := answer.StatusCode == http.StatusAccepted || answer.StatusCode == http.StatusUnauthorized ||
		answer.StatusCode == http.StatusTooManyRequests || answer.StatusCode >= 500
	return cmp.Or(a.Outcome, fmt.Sprint(answer.Status, ": ", a.Title, " ", a.Detail)), !again
}
