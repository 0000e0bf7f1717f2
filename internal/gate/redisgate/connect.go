package redisgate

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/redis/rueidis"

	"seckill/internal/tlspair"
)

// CheckURL says what is wrong with a URL, and never its password.
func CheckURL(url string) error {
	_, err := (&Options{URL: url}).client()
	return err
}

// Plain returns where a URL leads without TLS, each as HOST:PORT.
func Plain(url string) []string {
	option, err := (&Options{URL: url}).client()
	if err != nil || option.TLSConfig != nil {
		return nil
	}
	return option.InitAddress
}

// client is what the driver is told. No error names the password.
func (o *Options) client() (rueidis.ClientOption, error) {
	parsed, err := url.Parse(o.URL)
	if err != nil {
		var bad *url.Error
		if errors.As(err, &bad) {
			err = bad.Err
		}
		return rueidis.ClientOption{}, fmt.Errorf("URL of Redis: %w", err)
	}
	if parsed.Scheme != "redis" && parsed.Scheme != "rediss" {
		return rueidis.ClientOption{}, fmt.Errorf("must be redis:// or rediss://, as redis://localhost:6379, not %s", scheme(parsed))
	}
	option, err := rueidis.ParseURL(o.URL)
	if err != nil && strings.ContainsRune(err.Error(), '@') { // it repeats what may be the password
		err = errors.New("it cannot be read")
	}
	if err != nil {
		return option, fmt.Errorf("URL of Redis: %w", err)
	}
	settings := parsed.Query()
	if err := tlspair.Client(option.TLSConfig, settings.Get("ca"), settings.Get("cert"), settings.Get("key")); err != nil {
		return option, fmt.Errorf("URL of Redis has %w", err)
	}
	option.Dialer.Timeout = o.Timeout
	option.ConnWriteTimeout = o.Timeout
	option.PipelineMultiplex = -1 // one connection: a lost one costs one unknown outcome
	option.DisableRetry = true    // of what may have happened
	option.DisableCache = true    // nothing here is read often and written seldom
	if option.Sentinel.MasterSet != "" {
		o.sentinels(&option, settings)
	}
	return option, nil
}

func scheme(u *url.URL) string {
	if u.Scheme == "" {
		return "without either"
	}
	return u.Scheme + "://"
}

// lookAgain is how often sentinels are asked which server is the primary: they tell of
// a change, but once.
const lookAgain = 5 * time.Second

// sentinels has the sentinels be asked as Redis is.
func (o *Options) sentinels(option *rueidis.ClientOption, settings url.Values) {
	if option.TLSConfig != nil {
		option.TLSConfig.ServerName = "" // of each, where it is
	}
	s := &option.Sentinel
	s.Dialer, s.TLSConfig, s.TopologyRefreshInterval = option.Dialer, option.TLSConfig, lookAgain
	s.Password = option.Password // which one that asks for none takes, too
	if settings.Has("sentinel_password") {
		s.Password = settings.Get("sentinel_password")
	}
}
