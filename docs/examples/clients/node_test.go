package clients

import (
	"context"
	"os/exec"
	"testing"
	"time"
)

// script is what Node does. It ends with an error if something is not as it ought to be.
const script = `
import assert from "node:assert"
const url = process.argv[2] ?? process.argv[1]
const large = await fetch(url + "/files/large.bin", {headers: {Range: "bytes=1000-1999"}})
assert.equal(large.status, 206)
assert.equal(large.headers.get("content-range"), "bytes 1000-1999/300000")
assert.equal((await large.arrayBuffer()).byteLength, 1000)
const text = await fetch(url + "/files/text.txt")
assert.equal(text.headers.get("content-encoding"), "gzip")
assert.equal((await text.text()).length, 39000)
const again = await fetch(url + "/files/text.txt", {headers: {"If-None-Match": text.headers.get("etag")}})
assert.equal(again.status, 304)
const form = new FormData()
form.append("a", "ü")
form.append("file", new Blob([new Uint8Array(100000)]), "zeros.bin")
const upload = await fetch(url + "/upload", {method: "POST", body: form})
assert.match(await upload.text(), /^a  2 \w+\nfile zeros\.bin 100000 \w+\n$/)
const missing = await fetch(url + "/none", {headers: {Accept: "application/json"}})
assert.equal((await missing.json()).status, 404)
const events = await fetch(url + "/events")
assert.equal(events.headers.get("content-type"), "text/event-stream")
const reader = events.body.pipeThrough(new TextDecoderStream()).getReader()
let seen = ""
const until = async what => { while (!seen.includes(what)) seen += (await reader.read()).value }
await until("event: hello\ndata: first\n\n")
await fetch(url + "/events", {method: "POST", body: "one\ntwo"})
await until("data: one\ndata: two\n\n")
const id = seen.match(/id: (\S+-1)\n/)[1]
await reader.cancel()
await fetch(url + "/events", {method: "POST", body: "three"})
const back = await fetch(url + "/events", {headers: {"Last-Event-ID": id}})
const more = back.body.pipeThrough(new TextDecoderStream()).getReader()
seen = ""
while (!seen.includes("data: three\n\n")) seen += (await more.read()).value
assert.ok(!seen.includes("hello"))
await more.cancel()
console.log("fine")
`

func TestNode(t *testing.T) {
	node, s := needs(t, "node"), newSite(t)
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	output, err := exec.CommandContext(ctx, node, "--input-type=module", "--eval", script, "--", s.url).CombinedOutput()
	if err != nil || string(output) != "fine\n" {
		t.Errorf("%v: %s", err, output)
	}
}
