package auth

import (
	"encoding/base64"
	"errors"
	"testing"
	"time"
)

func TestSecretsOfSignatures(t *testing.T) {
	encode := func(n int) string { return base64.StdEncoding.EncodeToString(make([]byte, n)) }
	for secret, good := range map[string]bool{
		"whsec_" + encode(24): true, "whsec_" + encode(64): true, "whsec_" + encode(23): false, encode(24): false, "": false, "whsec_": false, "whsec_%%%%": false, "WHSEC_" + encode(24): false,
	} {
		if _, err := NewSigned(secret, time.Now); (err == nil) != good || err != nil && !errors.Is(err, ErrSecret) {
			t.Errorf("%q: %v", secret, err)
		}
	}
}
