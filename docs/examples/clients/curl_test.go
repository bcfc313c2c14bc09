package clients

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func TestCurl(t *testing.T) {
	curl, s, dir := needs(t, "curl"), newSite(t), t.TempDir()
	run := func(arguments ...string) string {
		t.Helper()
		command := exec.Command(curl, append([]string{"-sS", "--max-time", "10"}, arguments...)...)
		command.Dir = dir
		output, err := command.CombinedOutput()
		if err != nil {
			t.Errorf("curl %q: %v: %s", arguments, err, output)
		}
		return string(output)
	}
	large, text := s.url+"/files/large.bin", s.url+"/files/text.txt"
	if got := run("-r", "10-19", large); got != string(s.content[10:20]) {
		t.Errorf("a range: %q", got)
	}
	if got := run("-r", "-5", large); got != string(s.content[len(s.content)-5:]) {
		t.Errorf("the end: %q", got)
	}
	if got := run("-r", "0-1,100-101", large); strings.Count(got, "Content-Range: bytes") != 2 {
		t.Errorf("two ranges: %q", got)
	}
	if err := os.WriteFile(filepath.Join(dir, "part"), s.content[:1000], 0o644); err != nil {
		t.Fatal(err)
	}
	run("-C", "-", "-o", "part", large)
	if got, _ := os.ReadFile(filepath.Join(dir, "part")); !bytes.Equal(got, s.content) {
		t.Errorf("a download that goes on: %d octets", len(got))
	}
	run("--etag-save", "tag", "-o", "first", text)
	if got := run("--etag-compare", "tag", "-w", "%{http_code}", "-o", "second", text); got != "304" {
		t.Errorf("a file that has not changed: %s", got)
	}
	if got := run("-z", "first", "-w", "%{http_code}", "-o", "third", text); got != "304" {
		t.Errorf("a file that is not newer: %s", got)
	}
	plain, _ := os.ReadFile(filepath.Join(s.folder, "text.txt"))
	got := run("--compressed", "-w", "\n%{size_download}", text)
	if content, size, _ := strings.Cut(got, "\n\n"); !strings.HasPrefix(got, string(plain)) || len(got) > len(plain)+10 {
		t.Errorf("compressed: %d octets, %s, %s", len(content), size, got[max(0, len(got)-20):])
	}
	if got := run("-I", large); !strings.Contains(got, "Content-Length: 300000") || !strings.Contains(got, "Accept-Ranges: bytes") {
		t.Error(got)
	}
	if got := run("-F", "a=1", "-F", "file=@"+filepath.Join(s.folder, "large.bin"), s.url+"/upload"); got != "a  1 "+hashOf([]byte("1"))+"\nfile large.bin 300000 "+hashOf(s.content)+"\n" {
		t.Errorf("an upload: %s", got)
	}
	if got := run("-H", "Transfer-Encoding: chunked", "-F", "file=@"+filepath.Join(s.folder, "large.bin"), s.url+"/upload"); !strings.Contains(got, hashOf(s.content)) {
		t.Errorf("a chunked upload: %s", got)
	}
	if got := run("-d", "x", s.url+"/upload"); !strings.Contains(got, "415 Unsupported Media Type") {
		t.Errorf("no upload: %s", got)
	}
	events := exec.Command(curl, "-sSN", "--max-time", "10", s.url+"/events")
	stream, err := events.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := events.Start(); err != nil {
		t.Fatal(err)
	}
	seen := make([]byte, 0, 1000)
	for buffer := make([]byte, 1000); !bytes.Contains(seen, []byte("data: first")); {
		n, err := stream.Read(buffer)
		if seen = append(seen, buffer[:n]...); err != nil {
			t.Fatalf("events: %q %v", seen, err)
		}
	}
	run("-d", "hello", s.url+"/events?end")
	for buffer := make([]byte, 1000); ; {
		n, err := stream.Read(buffer)
		if seen = append(seen, buffer[:n]...); err != nil {
			break
		}
	}
	if err := events.Wait(); err != nil || !bytes.Contains(seen, []byte("data: hello")) {
		t.Errorf("events: %q %v", seen, err)
	}
}
