package sale

import (
	"regexp"
	"strings"
)

const (
	// MaxAmount is the most that one price or payment may be, so that the sum over all
	// orders of a product can be counted.
	MaxAmount = 100_000_000_000
	// MaxLink is the longest link of terms, in bytes: two of them leave room in a request.
	MaxLink = 1000
)

// A Price is what one unit costs. The zero Price: the terms do not say.
type Price struct {
	Amount   int64  // in the smallest unit of the currency, as cents: 1 to MaxAmount
	Currency string // three letters of ISO 4217
}

// currencies are those of ISO 4217 that money is paid in (its list one, of 2026-01-01,
// without metals, funds and tests).
const currencies = "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF " +
	"CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF " +
	"IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK " +
	"MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR " +
	"SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VED " +
	"VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG"

var isCurrency = func() map[string]bool {
	is := map[string]bool{}
	for _, code := range strings.Fields(currencies) {
		is[code] = true
	}
	return is
}()

// CheckCurrency reports whether code is a currency's.
func CheckCurrency(code string) bool { return isCurrency[code] }

// valid reports whether p is a price that terms may ask for, or none.
func (p Price) valid() bool {
	var bad Invalid
	p.check(&bad, "")
	return p == Price{} || len(bad) == 0
}

// check notes which fields of p, which is called field, break a rule.
func (p Price) check(bad *Invalid, field string) {
	bad.Check(p.Amount >= 1 && p.Amount <= MaxAmount, field+"amount", RuleWholeRange, 1, MaxAmount)
	bad.Check(isCurrency[p.Currency], field+"currency", RuleCurrency)
}

// LinkPattern is what a browser may be sent to, as a regular expression of ECMAScript and
// of Go: http or https, a host by its name or its address of IPv4, no user before it, and nothing that a URI does not
// have (RFC 3986).
const LinkPattern = `^https?://(([A-Za-z0-9-]+\.)*[A-Za-z][A-Za-z0-9-]*|[0-9]{1,3}(\.[0-9]{1,3}){3})(:[0-9]{1,5})?([/?]` + linkRest + `)?(#` + linkRest + `)?$`

const linkRest = `([A-Za-z0-9._~:/?@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*`

var link = regexp.MustCompile(LinkPattern)

func checkLink(s string) bool { return len(s) <= MaxLink && link.MatchString(s) }
