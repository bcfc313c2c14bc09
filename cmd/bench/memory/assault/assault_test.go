package assault

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The costs in the code are those of the page.
func TestTheCostsAreThoseOfThePage(t *testing.T) {
	page, err := os.ReadFile(filepath.Join("..", "..", "..", "..", "docs", "explanation", "reliability.md"))
	if err != nil {
		t.Fatal(err)
	}
	for what, most := range map[string]Cost{
		"is idle": costOfIdle, "is idle, with TLS": costOfTLS, "is a stream that is silent": costOfSilence,
		"sends a head of the greatest size": costOfHead, "does not read its response": costOfReading,
		"is gone, and its request waits in a queue": costOfPlace,
	} {
		if line := fmt.Sprintf("| %s | %d KiB at most", what, most); !strings.Contains(string(page), line) {
			t.Errorf("the page has no line that begins with %q", line)
		}
	}
}
