package handlers_test

import (
	"fmt"
	"net/netip"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/troupe-go/troupe/actors"
	"github.com/troupe-go/troupe/actors/handlers"
)

func never(*actors.Request, string) bool { return false }

// A filter that cannot be meant is found where it is made: each report says where, and what to write instead.
func TestMistakesAreFoundAtOnce(t *testing.T) {
	ten := netip.MustParsePrefix("10.0.0.0/8")
	cors := func(change func(*handlers.CORSOptions)) func() {
		options := handlers.CORSOptions{Origins: []string{"https://app.example"}, Credentials: true}
		change(&options)
		return func() { handlers.CORS(options) }
	}
	origin := func(o string) func() { return cors(func(c *handlers.CORSOptions) { c.Origins = []string{o} }) }
	limit := func(o handlers.RateLimitOptions) func() { return func() { handlers.RateLimit(o) } }
	for _, test := range []struct {
		make func()
		says string
	}{
		{func() { handlers.CORS(handlers.CORSOptions{}) }, `no origin is allowed: write Origins: []string{"https://app.example"}`},
		{origin("*"), `or leave Credentials out`},
		{func() { handlers.CORS(handlers.CORSOptions{Origins: []string{"*", "https://app.example"}}) }, `Origins: []string{"*"} and nothing else`},
		{func() { handlers.CORS(handlers.CORSOptions{Origins: []string{"*"}, AllowOrigin: never}) }, `Origins: []string{"*"} and nothing else`},
		{origin("null"), `everybody has it`},
		{origin(""), `as "https://app.example"`},
		{origin("https://a b"), `as "https://app.example"`},
		{origin("//app.example"), `as "https://app.example"`},
		{origin("https:app.example"), `as "https://app.example"`},
		{origin("app.example"), `as "https://app.example"`},
		{origin("https://app.example/"), `write "https://app.example"`},
		{origin("https://app.example/path?x"), `write "https://app.example"`},
		{origin("https://me@app.example"), `write "https://app.example"`},
		{origin("HTTPS://App.example"), `write "https://app.example"`},
		{origin("https://app.example:443"), `write "https://app.example"`},
		{origin("http://[::1]:80"), `write "http://[::1]"`},
		{origin("https://*.example"), `AllowOrigin`},
		{origin("https://münchen.example"), `punycode`},
		{cors(func(c *handlers.CORSOptions) { c.Methods = []string{"patch"} }), `write "PATCH"`},
		{cors(func(c *handlers.CORSOptions) { c.Methods = []string{"*"} }), `list the names`},
		{cors(func(c *handlers.CORSOptions) { c.Headers = []string{"*"} }), `list the names`},
		{cors(func(c *handlers.CORSOptions) { c.Exposed = []string{"*"} }), `list the names`},
		{cors(func(c *handlers.CORSOptions) { c.Headers = []string{"X-A, X-B"} }), `each name on its own`},
		{cors(func(c *handlers.CORSOptions) { c.Exposed = []string{""} }), `each name on its own`},
		{func() { handlers.BasicAuth("", func(*actors.Request, string, string) bool { return true }) }, `as "admin"`},
		{func() { handlers.BasicAuth("admin", nil) }, `SameSecret`},
		{func() { handlers.Bearer("", never) }, `as "admin"`},
		{func() { handlers.Bearer("a\r\nb", never) }, `printable ASCII`},
		{func() { handlers.Bearer("api", nil) }, `SameSecret`},
		{func() {
			handlers.SecurityHeaders(handlers.SecurityOptions{ContentSecurityPolicy: "default-src\n'self'"})
		}, `printable ASCII`},
		{func() { handlers.SecurityHeaders(handlers.SecurityOptions{HSTSSubdomains: true}) }, `HSTS: time.Hour`},
		{func() { handlers.SecurityHeaders(handlers.SecurityOptions{HSTS: time.Millisecond}) }, `HSTS: time.Hour`},
		{func() { handlers.RequestID(netip.Prefix{}) }, `netip.MustParsePrefix("10.0.0.0/8")`},
		{func() { handlers.ForwardedFor("X-Forwarded-For") }, `add netip.MustParsePrefix`},
		{func() { handlers.ForwardedFor("", ten) }, `"X-Forwarded-For" or "Forwarded"`},
		{func() { handlers.ForwardedFor("X-Forwarded-For: ", ten) }, `"X-Forwarded-For" or "Forwarded"`},
		{func() { handlers.ForwardedFor("Forwarded", ten, netip.Prefix{}) }, `netip.MustParsePrefix("10.0.0.0/8")`},
		{func() { handlers.ForwardedFor("Forwarded", netip.MustParsePrefix("0.0.0.0/0")) }, `name the networks`},
		{func() { handlers.ForwardedFor("Forwarded", netip.MustParsePrefix("::ffff:10.0.0.0/104")) }, `such as 10.0.0.0/8`},
		{limit(handlers.RateLimitOptions{}), `Requests is 0, so nobody could send any: write Requests: 100, Per: time.Minute`},
		{limit(handlers.RateLimitOptions{Per: time.Second}), `Requests is 0`},
		{limit(handlers.RateLimitOptions{Requests: -1, Per: time.Second}), `Requests is -1`},
		{limit(handlers.RateLimitOptions{Requests: 100}), `Per is 0s, so there is no rate: write Requests: 100, Per: time.Minute`},
		{limit(handlers.RateLimitOptions{Requests: 100, Per: -time.Second}), `Per is -1s`},
		{limit(handlers.RateLimitOptions{Requests: 1 << 30, Per: time.Second}), `is no limit`},
		{limit(handlers.RateLimitOptions{Requests: 1, Per: time.Second, Burst: -1}), `leave it out`},
		{limit(handlers.RateLimitOptions{Requests: 1, Per: 24 * time.Hour, Burst: 1 << 40}), `write a smaller one`},
		{limit(handlers.RateLimitOptions{Requests: 1, Per: time.Second, Clients: -1}), `leave it out`},
		{limit(handlers.RateLimitOptions{Requests: 1, Per: time.Second, Name: `a"b`}), `leave it out`},
	} {
		said := func() (said string) {
			defer func() { said = fmt.Sprint(recover()) }()
			test.make()
			return ""
		}()
		if !strings.HasPrefix(said, "handlers: ") || !strings.Contains(said, test.says) || !regexp.MustCompile(`\(at .*mistakes_test\.go:\d+\)$`).MatchString(said) {
			t.Errorf("want a panic that says %s and where, got %s", test.says, said)
		}
	}
}

func TestWhatIsNoMistake(t *testing.T) {
	handlers.CORS(handlers.CORSOptions{Origins: []string{
		"http://localhost:3000", "https://app.example:80", "http://[::1]:8080", "https://xn--mnchen-3ya.example", "capacitor://localhost",
	}, Credentials: true, Methods: []string{"PUT", "X-OWN"}, Headers: []string{"x-y", "Z"}})
	handlers.CORS(handlers.CORSOptions{Origins: []string{"*"}, Methods: []string{"*"}, Headers: []string{"*"}, Exposed: []string{"*"}})
	handlers.CORS(handlers.CORSOptions{AllowOrigin: never, Credentials: true})
	handlers.Bearer(" ~", never)
	handlers.SecurityHeaders(handlers.SecurityOptions{HSTS: time.Second})
	handlers.ForwardedFor("X-Real-IP", netip.MustParsePrefix("10.0.0.1/32"), netip.MustParsePrefix("::/1"))
	handlers.RateLimit(handlers.RateLimitOptions{Requests: 1_000_000, Per: time.Second, Burst: 1, Clients: 1})
	handlers.RateLimit(handlers.RateLimitOptions{Requests: 1, Per: 365 * 24 * time.Hour, Name: "~ "})
}
