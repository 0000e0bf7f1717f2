// Command tokens is a shop with a login: it makes a key, writes its public half into a file, and prints lines of
// user,token, each an ES256 JWT that is good for a day.
//
//	tokens FILE ISSUER AUDIENCE COUNT
package main

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"strconv"
	"time"

	"github.com/MicahParks/jwkset"
	"github.com/golang-jwt/jwt/v5"

	"seckill/internal/rush"
)

const kid = "shop-1"

func main() {
	count, err := strconv.Atoi(os.Args[4])
	check(err)
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	check(err)
	public, err := jwkset.NewJWKFromKey(key.Public(), jwkset.JWKOptions{Metadata: jwkset.JWKMetadataOptions{KID: kid}})
	check(err)
	set, err := json.Marshal(public.Marshal())
	check(err)
	check(os.WriteFile(os.Args[1], set, 0o600))
	out := bufio.NewWriter(os.Stdout)
	ends := time.Now().Add(24 * time.Hour).Unix()
	for i := range count {
		user := rush.UserID(1, i)
		token := jwt.NewWithClaims(jwt.SigningMethodES256, jwt.MapClaims{"iss": os.Args[2], "aud": os.Args[3], "sub": user, "exp": ends})
		token.Header["kid"] = kid
		signed, err := token.SignedString(key)
		check(err)
		fmt.Fprintf(out, "%s,%s\n", user, signed)
	}
	check(out.Flush())
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
