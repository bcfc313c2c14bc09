package clients

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// page is what the browser shows.
const page = `<!DOCTYPE html>
<title>clients</title>
<script>
window.seen = []
window.listen = () => new Promise(resolve => {
	window.live = new EventSource("/events")
	live.onmessage = event => seen.push(event.lastEventId.replace(/.*-/, "") + ":" + event.data)
	live.addEventListener("hello", event => seen.push("hello:" + event.data))
	live.addEventListener("resync", () => seen.push("resync"))
	live.onopen = resolve
})
</script>
`

func TestChromium(t *testing.T) {
	chromium, s := needs(t, "chromium"), newSite(t)
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(chromium), chromedp.NoSandbox)
	ctx, cancel := chromedp.NewExecAllocator(context.Background(), options...)
	defer cancel()
	ctx, cancel = chromedp.NewContext(ctx)
	defer cancel()
	if _, err := chromedp.Run(ctx, chromedp.Navigate("about:blank")); err != nil {
		t.Fatal(err)
	}
	ctx, cancel = context.WithTimeout(ctx, 60*time.Second)
	defer cancel()
	if _, err := chromedp.Run(ctx, chromedp.Navigate(s.url+"/files/page.html")); err != nil {
		t.Fatal(err)
	}
	evaluate := func(script string) string {
		t.Helper()
		got, err := chromedp.Run(ctx, chromedp.Evaluate[string](script, chromedp.EvalAwaitPromise))
		if err != nil {
			t.Fatalf("%s: %v", script, err)
		}
		return got
	}
	wait := func(why, want string) {
		t.Helper()
		for began := time.Now(); ; time.Sleep(20 * time.Millisecond) {
			if got := evaluate(`seen.join(" ")`); got == want {
				return
			} else if time.Since(began) > 10*time.Second {
				t.Fatalf("%s: got %q, want %q", why, got, want)
			}
		}
	}
	if got := evaluate(`fetch("/files/large.bin", {headers: {Range: "bytes=5-9"}}).then(r => r.arrayBuffer().then(b => r.status + " " + b.byteLength))`); got != "206 5" {
		t.Error("a range: ", got)
	}
	if got := evaluate(`fetch("/files/text.txt").then(r => r.text().then(b => r.headers.get("Content-Encoding") + " " + b.length))`); !strings.HasSuffix(got, " 39000") || strings.HasPrefix(got, "null") {
		t.Error("compressed: ", got)
	}
	if got := evaluate(`(() => { const form = new FormData(); form.append("file", new Blob([new Uint8Array(70000)]), "ü.bin"); return fetch("/upload", {method: "POST", body: form}).then(r => r.text()) })()`); got != fmt.Sprintf("file ü.bin 70000 %s\n", hashOf(make([]byte, 70000))) {
		t.Error("an upload: ", got)
	}
	evaluate(`listen().then(() => "")`)
	wait("the first event", "hello:first")
	evaluate(`fetch("/events", {method: "POST", body: "one"}).then(() => "")`)
	wait("an event", "hello:first 1:one")
	evaluate(`fetch("/events?end", {method: "POST", body: "two"}).then(() => "")`)
	wait("an event, and the end", "hello:first 1:one 2:two")
	time.Sleep(300 * time.Millisecond) // it comes back by itself
	evaluate(`fetch("/events", {method: "POST", body: "three"}).then(() => "")`)
	wait("an event after it has come back", "hello:first 1:one 2:two 3:three")
	evaluate(`fetch("/events", {method: "DELETE"}).then(() => "")`)
	for began := time.Now(); evaluate(`"" + live.readyState`) != "2"; time.Sleep(20 * time.Millisecond) {
		if time.Since(began) > 10*time.Second {
			t.Fatal("a 204 does not end it")
		}
	}
}
